import { AssayError, errorRecord, isAssayError } from './errors.js';
import { seededRng } from './rng.js';
import type {
  Capabilities,
  Evidence,
  FilesEvidence,
  ModelSource,
  Probe,
  ProbeStatus,
  ProgressEvent,
  Suite,
} from './types.js';

export interface CollectSettings {
  readonly tool: Evidence['tool'];
  readonly suite: Suite;
  readonly seed: number;
  readonly collectedAt: string;
  readonly now: () => number;
  readonly headersOnly: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
  readonly warnings?: readonly string[];
}

/**
 * Run probes one after another and keep whatever each gives: a missing capability is `unavailable`, an
 * exception `failed`, and neither stops the others. Throws ABORTED with the evidence so far in `partial`.
 */
export async function collectEvidence(
  source: ModelSource,
  probes: readonly Probe[],
  settings: CollectSettings,
): Promise<Evidence> {
  const done: Record<string, ProbeStatus> = {};
  const warnings = [...(settings.warnings ?? [])];
  const ordered = inOrder(probes, settings.suite);
  for (const [index, probe] of ordered.entries()) {
    settings.onProgress?.({ type: 'probe-start', probe: probe.id, index, total: ordered.length });
    const status = await runProbe(probe, source, done, settings, warnings);
    if (settings.signal?.aborted) throw interrupted(evidence(source, done, settings, warnings));
    done[probe.id] = status;
    settings.onProgress?.({ type: 'probe-end', probe: probe.id, status: status.status });
  }
  return evidence(source, done, settings, warnings);
}

/** Cheapest first, so that an interruption keeps the most; a probe never runs before one it uses. */
export function inOrder(probes: readonly Probe[], suite: Suite): Probe[] {
  const cheapest = [...probes].sort((a, b) => a.cost(suite).tokens - b.cost(suite).tokens);
  const ordered: Probe[] = [];
  const add = (probe: Probe): void => {
    for (const earlier of probe.uses ?? []) add(earlier);
    if (!ordered.includes(probe)) ordered.push(probe);
  };
  for (const probe of cheapest) add(probe);
  return ordered;
}

async function runProbe(
  probe: Probe,
  source: ModelSource,
  done: Readonly<Record<string, ProbeStatus>>,
  settings: CollectSettings,
  warnings: string[],
): Promise<ProbeStatus> {
  const missing = probe.requires.find((name) => source.capabilities[name] === undefined);
  if (missing !== undefined)
    return { status: 'unavailable', missing: `${source.kind} candidates give no ${missing}` };
  if (settings.headersOnly && probe.reads === 'weights')
    return { status: 'unavailable', missing: 'only headers were read' };
  const blocked = (probe.uses ?? []).find(({ id }) => done[id]?.status !== 'ok');
  if (blocked) return { status: 'unavailable', missing: `the ${blocked.id} probe gave no data` };
  try {
    const data = await probe.collect(source.capabilities as Capabilities, {
      suite: settings.suite,
      seed: settings.seed,
      collectedAt: settings.collectedAt,
      rng: seededRng(settings.seed),
      maxPositions: source.maxPositions,
      headersOnly: settings.headersOnly,
      signal: settings.signal,
      now: settings.now,
      warn: (message) => warnings.push(message),
      progress: (count, total) =>
        settings.onProgress?.({ type: 'probe-progress', probe: probe.id, done: count, total }),
      enough: () => false,
      earlier: <U>({ id }: Probe<U>): U => (done[id] as { data: U }).data,
    });
    return { status: 'ok', version: probe.version, data };
  } catch (error) {
    // An export without an output, or a server without a parameter, is a fact about it, not a failure of the audit.
    if (isAssayError(error, 'MODEL_OUTPUT_MISSING') || isAssayError(error, 'ENDPOINT_UNSUPPORTED'))
      return { status: 'unavailable', missing: error.message };
    return { status: 'failed', error: errorRecord(error) };
  }
}

function evidence(
  source: ModelSource,
  done: Readonly<Record<string, ProbeStatus>>,
  settings: CollectSettings,
  warnings: readonly string[],
): Evidence {
  const files = done.files;
  const { id, tier, sha256 } = settings.suite;
  return {
    schema: 'evidence/1',
    tool: settings.tool,
    candidate: {
      kind: source.kind,
      label: source.label,
      digest: files?.status === 'ok' ? (files.data as FilesEvidence).digest : null,
    },
    collectedAt: settings.collectedAt,
    environment: source.environment(),
    seed: settings.seed,
    suite: { id, tier, sha256 },
    probes: { ...done },
    warnings,
  };
}

function interrupted(partial: Evidence): AssayError {
  const error = new AssayError(
    'ABORTED',
    'The audit was interrupted; the evidence collected so far was kept.',
    {
      hint: 'Start it again, or score what was saved.',
    },
  );
  error.partial = partial;
  return error;
}
