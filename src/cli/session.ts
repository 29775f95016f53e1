import { canonicalJson } from '../core/canonical-json.js';
import { isAssayError } from '../core/errors.js';
import type { Evidence } from '../core/types.js';
import { writeText } from './io.js';
import { type Progress, startProgress } from './progress.js';

/** Where interrupted evidence goes when no --evidence file was named. */
const PARTIAL_PATH = 'assay-evidence.partial.json';

/**
 * Run one command with progress and interruption. Ctrl-C stops the model, saves what was collected and exits
 * 130; a second Ctrl-C ends the process at once.
 */
export async function withSession<T>(
  flags: { readonly progress: boolean; readonly evidence?: string },
  work: (signal: AbortSignal, progress: Progress) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const progress = startProgress(flags.progress);
  try {
    return await work(controller.signal, progress);
  } catch (error) {
    if (isAssayError(error, 'ABORTED') && error.partial !== undefined)
      savePartial(error.partial as Evidence, flags.evidence);
    throw error;
  } finally {
    progress.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function savePartial(evidence: Evidence, path = PARTIAL_PATH): void {
  writeText(path, canonicalJson(evidence));
  process.stderr.write(`assay: partial evidence saved to ${path}\n`);
}
