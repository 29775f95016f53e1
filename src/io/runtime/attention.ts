import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { AssayError, scrubPaths } from '../../core/errors.js';
import type { AttentionStatistics, Contradiction, UnmeasuredAttention } from '../../core/types.js';
import type { Refused, TappedSite } from '../../tap/plan.js';
import { type AttentionFeeds, attentionFeeds } from './attention-feeds.js';
import { type LayerStatistics, type ReadSite, readSite } from './attention-site.js';
import { type Lengths, readTable } from './attention-table.js';
import { importRuntime, type Ort } from './ort.js';
import type { AttentionPlan, RuntimeConfig, TappedModel } from './protocol.js';
import { createSession, describePort } from './session.js';

/** What packed attention is taken apart into. */
const OWN_OPERATOR = 'MultiHeadAttention';
const BROKEN =
  'The graph loads but does not run on the inputs it declares. Ask the vendor for a tested export.';

/** The tapped graphs of a candidate, opened one after another as they are needed. */
export class AttentionModel {
  readonly #config: RuntimeConfig;
  readonly #plan: AttentionPlan;
  #lengths: Promise<ReadonlyMap<TappedSite, string>> | undefined;
  readonly #sessions = new Map<TappedModel, InferenceSession>();

  /** Throws MODEL_OUTPUT_MISSING when no layer can be measured. */
  constructor(config: RuntimeConfig) {
    const plan = config.attention;
    const refused = plan?.models.flatMap((model) => model.refused) ?? [];
    if (!plan || plan.models.every(({ sites }) => sites.length === 0)) throw unmeasurable(refused);
    this.#config = config;
    this.#plan = plan;
  }

  /**
   * Per-head statistics of one text, in float32 inside the graph and averaged over its queries here.
   * Throws MODEL_OUTPUT_MISSING when nothing measured is attention over the text.
   */
  async measure(ids: readonly number[]): Promise<AttentionStatistics> {
    if (ids.length < 2) {
      throw new AssayError(
        'MODEL_OUTPUT_MISSING',
        `Attention needs at least two tokens; the prompt has ${ids.length}.`,
        { hint: 'Give a longer prompt.' },
      );
    }
    const runs = await this.#runs(ids);
    const unsteady = await this.#unsteady(ids);
    const read: ReadSite[] = [];
    const refused = this.#plan.models.flatMap((model) => model.refused);
    for (const { model, outputs, lengths } of runs) {
      for (const site of model.sites) {
        const found = readSite(site, outputs, lengths);
        const reason = 'problem' in found ? found.problem : unsteady.get(site);
        if (reason !== undefined) refused.push({ operator: site.operator, reason });
        else if ('layer' in found) read.push(found);
      }
    }
    if (read.length === 0) throw unmeasurable(refused);
    return summary(ids.length, read, refused);
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  /**
   * Sites whose queries and keys are not as many as the tokens of another text: a dimension that equals the length of
   * the prompt by chance. Asked once; a graph of fixed length cannot show it.
   */
  async #unsteady(ids: readonly number[]): Promise<ReadonlyMap<TappedSite, string>> {
    if (this.#plan.models.some(({ queries }) => queries !== null)) return new Map();
    this.#lengths ??= this.#ofOtherLength(ids.length === 2 ? [...ids, ...ids.slice(1)] : ids.slice(0, 2));
    return this.#lengths;
  }

  async #ofOtherLength(ids: readonly number[]): Promise<ReadonlyMap<TappedSite, string>> {
    const problems = new Map<TappedSite, string>();
    const runs = await this.#runs(ids).catch(() => null);
    for (const model of this.#plan.models) {
      const run = runs?.find((each) => each.model === model);
      for (const site of model.sites) {
        const table = run ? readTable(site, run.outputs, run.lengths) : { problem: 'the model fails' };
        if ('problem' in table) problems.set(site, `on a text of ${ids.length} tokens ${table.problem}`);
      }
    }
    return problems;
  }

  /** Every graph of the candidate on one text, the encoder's output fed to the decoder. */
  async #runs(ids: readonly number[]): Promise<Run[]> {
    const ort = await importRuntime();
    const runs: Run[] = [];
    let encoded: Tensor | undefined;
    for (const model of this.#plan.models) {
      // Without sites nothing is left of a decoder; an encoder still feeds one.
      if (model.sites.length === 0 && model.stack === 'decoder') continue;
      const session = await this.#open(ort, model);
      const ports = session.inputMetadata.map(describePort);
      const feeds = attentionFeeds(ort, ports, this.#config, this.#plan, { model, ids, encoded });
      const outputs = await run(session, feeds, model);
      if (model.stack === 'encoder') encoded = outputs[session.outputNames[0] ?? ''];
      runs.push({ model, outputs, lengths: feeds.lengths });
    }
    return runs;
  }

  async #open(ort: Ort, model: TappedModel): Promise<InferenceSession> {
    const known = this.#sessions.get(model);
    if (known) return known;
    const session = await createSession(ort, model.location, this.#config.threads, false);
    this.#sessions.set(model, session);
    return session;
  }
}

interface Run {
  readonly model: TappedModel;
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly lengths: Lengths;
}

async function run(
  session: InferenceSession,
  { feeds }: AttentionFeeds,
  { sites }: TappedModel,
): Promise<Readonly<Record<string, Tensor>>> {
  try {
    return await session.run(feeds);
  } catch (cause) {
    const text = scrubPaths((cause as Error).message);
    const failed = /running (\w+) node/.exec(text)?.[1];
    // Only an attention operator that cannot run as it is asked to is the export's own way; the rest is a failure.
    const own = sites.find(({ operator }) => operator.endsWith(`.${failed}`) || failed === OWN_OPERATOR);
    if (!own)
      throw new AssayError('MODEL_RUN_FAILED', `The model failed while running: ${text}`, {
        hint: BROKEN,
        cause,
      });
    throw new AssayError('MODEL_OUTPUT_MISSING', `The attention of ${own.operator} cannot be read: ${text}`, {
      hint: 'Ask the vendor for another export, or one with attention outputs.',
      cause,
    });
  }
}

function summary(
  tokens: number,
  read: readonly ReadSite[],
  refused: readonly Refused[],
): AttentionStatistics {
  const order = ['encoder', 'self', 'cross'];
  const sorted = [...read].sort((a, b) => order.indexOf(a.layer.kind) - order.indexOf(b.layer.kind));
  const grid = (name: keyof LayerStatistics): number[][] =>
    sorted.map(({ statistics }) => [...statistics[name]]);
  return {
    tokens,
    sites: sorted.map(({ layer }) => layer),
    entropyBits: grid('entropyBits'),
    normalizedEntropy: grid('normalizedEntropy'),
    firstTokenMass: grid('firstTokenMass'),
    meanDistance: grid('meanDistance'),
    maxWeight: grid('maxWeight'),
    effectiveKeys: grid('effectiveKeys'),
    headSimilarity: grid('headSimilarity'),
    unmeasured: grouped(refused),
    contradictions: contradictionsOf(read),
  };
}

/** Heads that the graph states and others that ran. */
function contradictionsOf(read: readonly ReadSite[]): Contradiction[] {
  const odd = read.find(({ layer, statedHeads }) => statedHeads > 0 && statedHeads !== layer.heads);
  return odd ? [{ fact: 'attentionHeads', values: { run: odd.layer.heads, graph: odd.statedHeads } }] : [];
}

function grouped(refused: readonly Refused[]): UnmeasuredAttention[] {
  const groups = new Map<string, UnmeasuredAttention>();
  for (const { operator, reason } of refused) {
    const key = `${operator} ${reason}`;
    groups.set(key, { operator, reason, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}

function unmeasurable(refused: readonly Refused[]): AssayError {
  const found = grouped(refused).map(({ operator, count, reason }) => `${operator} ×${count} (${reason})`);
  return new AssayError(
    'MODEL_OUTPUT_MISSING',
    found.length === 0
      ? 'The model shows no attention: no operator attends, and no softmax weighs values by a product of queries and keys.'
      : `The attention of the model cannot be measured: ${found.slice(0, 6).join('; ')}.`,
    {
      hint: 'Ask the vendor for an export with plain or fused softmax attention, or with attention outputs.',
    },
  );
}
