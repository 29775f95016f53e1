import { collect } from '../api/collect.js';
import { AssayError } from '../core/errors.js';
import type { Architecture, AttentionReading, Evidence, Fact, Report } from '../core/types.js';
import { type MatcherOptions, recognise } from './received.js';

/** Query heads of each layer; `layers` is unknown when only one number for all of them was seen. */
export interface SeenHeads {
  readonly heads: readonly number[];
  readonly layers: number | undefined;
  readonly where: string;
}

interface Sources {
  /** Heads per layer of a real run. */
  readonly run: readonly number[] | undefined;
  readonly heads: Pick<Fact<number>, 'value' | 'from'> | undefined;
  readonly layers: Pick<Fact<number>, 'value' | 'from'> | undefined;
}

const PROBES = ['architecture', 'attention-statistics'];
const STATED_IN: Readonly<Partial<Record<string, string>>> = {
  shapes: 'in the shapes of the graph',
  graph: 'in the operators of the graph',
};

/** Heads that a run or the graph shows. Throws USAGE when nothing but configuration states them. */
export async function seenHeads(received: unknown, options: MatcherOptions): Promise<SeenHeads> {
  const { type, value } = recognise(received);
  const sources =
    type === 'report'
      ? reportSources(value)
      : evidenceSources(type === 'evidence' ? value : await collect(value, { ...options, only: PROBES }));
  const { run, heads, layers } = sources;
  if (run !== undefined && run.length > 0)
    return { heads: run, layers: run.length, where: 'in a run of the model' };
  const where = STATED_IN[heads?.from ?? ''];
  if (heads === undefined || where === undefined) throw unseen(heads);
  const count = STATED_IN[layers?.from ?? ''] === undefined ? undefined : layers?.value;
  return { heads: Array.from({ length: count ?? 1 }, () => heads.value), layers: count, where };
}

function unseen(heads: Sources['heads']): AssayError {
  const claimed =
    heads === undefined ? '' : ` The number ${heads.value} in ${heads.from} is a claim, not an observation.`;
  return new AssayError(
    'MODEL_OUTPUT_MISSING',
    `The attention heads could not be seen: no attention of the export can be measured and its graph states no head count.${claimed}`,
    { hint: 'Ask for an export with plain or fused softmax attention, or compare the verdict instead.' },
  );
}

function evidenceSources({ probes }: Evidence): Sources {
  for (const id of PROBES) {
    const status = probes[id];
    if (status?.status !== 'failed') continue;
    const { code, message, hint } = status.error;
    throw new AssayError(code, message, hint === undefined ? {} : { hint });
  }
  const run = probes['attention-statistics'];
  const structure = probes.architecture;
  const architecture = structure?.status === 'ok' ? (structure.data as Architecture) : undefined;
  return {
    run: run?.status === 'ok' ? selfHeads(run.data as RunHeads) : undefined,
    heads: architecture?.attentionHeads ?? undefined,
    layers: architecture?.layers ?? undefined,
  };
}

type RunHeads = Partial<Pick<AttentionReading, 'sites'>> & Pick<AttentionReading, 'headCount'>;

/** Heads per layer of a model's own stack; cross-attention and an encoder beside it are not its layers. */
function selfHeads({ sites = [], headCount }: RunHeads): readonly number[] {
  const own = sites.filter(({ kind }) => kind === 'self').map(({ heads }) => heads);
  return own.length > 0 ? own : headCount;
}

/** A report keeps head counts only in the details of two signals, as they are shown to people. */
function reportSources({ signals, probes }: Report): Sources {
  for (const id of PROBES) {
    const error = probes[id]?.error;
    if (error)
      throw new AssayError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
  const text = (id: string, label: string): string | undefined => {
    const signal = signals.find((candidate) => candidate.id === id);
    const details = signal?.status === 'scored' ? signal.details : [];
    const row = details.find((detail) => detail.label === label);
    return row?.type === 'text' ? row.value : undefined;
  };
  return {
    run: text('head-count', 'heads per layer')?.split(', ').map(Number),
    heads: factOf(text('architecture', 'attentionHeads')),
    layers: factOf(text('architecture', 'layers')),
  };
}

function factOf(shown: string | undefined): Sources['heads'] {
  const [, value, from] = /^(\d+) \(from (\w+)\)$/.exec(shown ?? '') ?? [];
  return value === undefined ? undefined : { value: Number(value), from: from as Fact<number>['from'] };
}
