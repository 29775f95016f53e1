import { AssayError } from '../core/errors.js';
import type { Report } from '../core/types.js';
import { type ReportFormat, renderers, renderTerminal } from '../report/index.js';
import { writeText } from './io.js';

export interface OutputTarget {
  readonly format: ReportFormat;
  readonly path: string;
}

/** Parse `--output FORMAT[=PATH]`. Throws USAGE. */
export function parseOutput(value: string): OutputTarget {
  const [format = '', ...rest] = value.split('=');
  if (!Object.hasOwn(renderers, format)) {
    throw new AssayError('USAGE', `There is no output format "${format}".`, {
      hint: `Formats: ${Object.keys(renderers).join(', ')}. Example: --output html=report.html`,
    });
  }
  return { format: format as ReportFormat, path: rest.length > 0 ? rest.join('=') : '-' };
}

/** Where a report goes; `json` claims standard output for exactly one document. Throws USAGE. */
export function chooseOutputs(outputs: readonly OutputTarget[], json: boolean): OutputTarget[] {
  const all: OutputTarget[] = json ? [...outputs, { format: 'json', path: '-' }] : [...outputs];
  if (all.filter(({ path }) => path === '-').length > 1) {
    throw new AssayError('USAGE', 'More than one report would go to standard output.', {
      hint: 'Give the others a file: --output html=report.html',
    });
  }
  return all.some(({ path }) => path === '-') ? all : [...all, { format: 'terminal', path: '-' }];
}

export function writeReport(report: Report, outputs: readonly OutputTarget[]): void {
  // Standard output last: after a file that cannot be written it still takes exactly one document.
  const ordered = [...outputs].sort((a, b) => Number(a.path === '-') - Number(b.path === '-'));
  for (const { format, path } of ordered) {
    const terminal = format === 'terminal' && path === '-';
    const color = terminal && process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
    writeText(path, terminal ? renderTerminal(report, { color }) : renderers[format](report));
  }
}
