import { canonicalJson } from './canonical-json.js';
import { AssayError, errorRecord, isAssayError } from './errors.js';
import { withUses } from './information.js';
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
  /** Whether evidence so far decides the case, the last probe perhaps unfinished; what is left is then not collected. */
  readonly decided?: ((evidence: Evidence, unfinished?: Probe) => boolean) | undefined;
}

/** Why a probe was left out of a case that others decided. */
const DECIDED = 'the case was decided before this probe';

/**
 * Run probes, each after those it uses, and keep whatever each gives: a missing capability is `unavailable`, an
 * exception `failed`, and neither stops the others. Throws ABORTED with the evidence so far in `partial`.
 */
export async function collectEvidence(
  source: ModelSource,
  probes: readonly Probe[],
  settings: CollectSettings,
): Promise<Evidence> {
  const done: Record<string, ProbeStatus> = {};
  const warnings = [...(settings.warnings ?? [])];
  const soFar = (now: Readonly<Record<string, ProbeStatus>>): Evidence =>
    evidence(source, now, settings, warnings);
  let decided = false;
  for (const [index, probe] of probes.entries()) {
    if (decided) {
      done[probe.id] = { status: 'unavailable', missing: cannot(probe, source, settings) ?? DECIDED };
      continue;
    }
    settings.onProgress?.({ type: 'probe-start', probe: probe.id, index, total: probes.length });
    const status = await runProbe(probe, source, done, settings, warnings);
    if (settings.signal?.aborted) throw interrupted(soFar(done));
    done[probe.id] = status;
    settings.onProgress?.({ type: 'probe-end', probe: probe.id, status: status.status });
    decided = settings.decided?.(soFar(done)) ?? false;
  }
  return soFar(done);
}

/** Cheapest first, so that an interruption keeps the most; a probe never runs before one it uses. */
export function inOrder(probes: readonly Probe[], suite: Suite): Probe[] {
  const cheapest = [...probes].sort((a, b) => a.cost(suite).tokens - b.cost(suite).tokens);
  return [...new Set(cheapest.flatMap(withUses))];
}

/** Looks that an eighth more was gathered for than for the last one: what they cost together grows as the evidence does. */
function looks(): () => boolean {
  let asked = 0;
  let last = 0;
  return () => {
    asked++;
    if (asked < Math.ceil(last * 1.125)) return false;
    last = asked;
    return true;
  };
}

/** Why a candidate, as it was opened, gives a probe nothing. */
function cannot(
  { requires, reads }: Probe,
  { kind, capabilities }: ModelSource,
  { headersOnly }: CollectSettings,
): string | undefined {
  const missing = requires.find((name) => capabilities[name] === undefined);
  if (missing !== undefined) return `${kind} candidates give no ${missing}`;
  return headersOnly && reads === 'weights' ? 'only headers were read' : undefined;
}

async function runProbe(
  probe: Probe,
  source: ModelSource,
  done: Readonly<Record<string, ProbeStatus>>,
  settings: CollectSettings,
  warnings: string[],
): Promise<ProbeStatus> {
  const missing = cannot(probe, source, settings);
  if (missing !== undefined) return { status: 'unavailable', missing };
  const blocked = (probe.uses ?? []).find(({ id }) => done[id]?.status !== 'ok');
  if (blocked) return { status: 'unavailable', missing: `the ${blocked.id} probe gave no data` };
  const due = looks();
  const ok = (data: unknown): ProbeStatus => rounded({ status: 'ok', version: probe.version, data });
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
      enough: (partial) =>
        settings.decided !== undefined &&
        due() &&
        settings.decided(evidence(source, { ...done, [probe.id]: ok(partial) }, settings, warnings), probe),
      earlier: <U>({ id }: Probe<U>): U => (done[id] as { data: U }).data,
    });
    return ok(data);
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
  const about: Evidence = rounded({
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
    probes: {},
    warnings,
  });
  // Rounded already, and the same objects at every look: what signals remember of them stays known.
  return { ...about, probes: Object.fromEntries(Object.entries(done).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** As it will be saved, so that judging now and judging the file later see the same numbers. */
function rounded<T>(value: T): T {
  return JSON.parse(canonicalJson(value)) as T;
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
