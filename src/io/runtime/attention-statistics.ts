import { AssayError } from '../../core/errors.js';
import type { AttentionStatistics } from '../../core/types.js';
import { log2OfFloat32 } from '../../stats/entropy-bits.js';
import { floats } from './floats.js';
import type { ModelSession } from './session.js';

/** float16 rows of 1,000 keys sum to 1 within 2e-2; anything further is not a probability row. */
const ROW_SUM_TOLERANCE = 5e-2;
type HeadStatistics = readonly [
  entropy: number,
  normalized: number,
  first: number,
  distance: number,
  max: number,
  keys: number,
  similarity: number,
];

/**
 * Per-head statistics of the attention the export returns, for one unpadded prompt. Averages run over query
 * positions with at least two visible keys; entropy is in bits, distance in tokens.
 * Throws MODEL_OUTPUT_MISSING when no output is attention: [1, heads, S, S] with rows that sum to one.
 */
export async function attentionStatistics(
  session: ModelSession,
  ids: readonly number[],
): Promise<AttentionStatistics> {
  if (session.attentionNames.length === 0 || ids.length < 2) {
    throw new AssayError('MODEL_OUTPUT_MISSING', attentionProblem(session, ids), {
      hint: 'Export with attention outputs (output_attentions=True) to compare attention.',
    });
  }
  const outputs = await session.forward([ids], { fetch: session.attentionNames });
  const layers: HeadStatistics[][] = [];
  for (const name of session.attentionNames) {
    const tensor = outputs[name];
    const [batch, heads, queries, keys] = tensor?.dims ?? [];
    if (batch !== 1 || !heads || queries !== ids.length || keys !== ids.length) continue;
    const data = floats(tensor, name);
    const measured = Array.from({ length: heads }, (_, head) => headStatistics(data, head, ids.length));
    if (measured.every((statistics) => statistics !== null)) layers.push(measured);
  }
  if (layers.length === 0) {
    throw new AssayError(
      'MODEL_OUTPUT_MISSING',
      `None of the outputs ${session.attentionNames.slice(0, 4).join(', ')} holds attention probabilities.`,
      {
        hint: 'Expected [batch, heads, queries, keys] with rows that sum to one.',
      },
    );
  }
  const pick = (which: 0 | 1 | 2 | 3 | 4 | 5 | 6): number[][] =>
    layers.map((layer) => layer.map((head) => head[which]));
  return {
    tokens: ids.length,
    entropyBits: pick(0),
    normalizedEntropy: pick(1),
    firstTokenMass: pick(2),
    meanDistance: pick(3),
    maxWeight: pick(4),
    effectiveKeys: pick(5),
    headSimilarity: pick(6),
    sites: layers.map((heads) => ({
      kind: 'self',
      operator: 'output',
      heads: heads.length,
      keyValueHeads: null,
    })),
    unmeasured: [],
  };
}

function attentionProblem(session: ModelSession, ids: readonly number[]): string {
  return session.attentionNames.length === 0
    ? 'The export has no attention outputs.'
    : `Attention needs at least two tokens; the prompt has ${ids.length}.`;
}

/**
 * Statistics of one head, or null when its rows are not probabilities. One pass over every visible weight:
 * at 512 tokens a model of the size of GPT-2 has nineteen million of them.
 */
function headStatistics(p: Float32Array, head: number, length: number): HeadStatistics | null {
  const bits = new Int32Array(p.buffer, p.byteOffset, p.length);
  const base = head * length * length;
  const causal = p[base + 1] === 0;
  const totals: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  const heads = p.length / length / length;
  const dots = new Float64Array(heads);
  const start = causal ? 1 : 0;
  for (let query = start; query < length; query++) {
    const row = base + query * length;
    const visible = causal ? query + 1 : length;
    let mass = 0;
    let top = 0;
    let position = 0;
    let weighted = 0;
    for (let key = 0; key < visible; key++) {
      const weight = p[row + key] as number;
      if (weight > 0) {
        mass += weight;
        top = Math.max(top, weight);
        for (let other = 0; other < heads; other++)
          dots[other]! += weight * (p[(other * length + query) * length + key] as number);
        position += weight * key;
        weighted += weight * log2OfFloat32(weight, bits[row + key] as number);
      } else if (weight !== 0) return null;
    }
    if (!(Math.abs(mass - 1) < ROW_SUM_TOLERANCE)) return null;
    const entropy = Math.max(0, Math.log2(mass) - weighted / mass);
    totals[0] += entropy;
    totals[1] += entropy / Math.log2(visible);
    totals[2] += (p[row] as number) / mass;
    totals[3] += query - position / mass;
    totals[4] += top / mass;
    totals[5] += 2 ** entropy;
  }
  const queries = length - start;
  const norm = (h: number): number => {
    let sum = 0;
    for (let i = h * length * length; i < (h + 1) * length * length; i++) sum += (p[i] as number) ** 2;
    return Math.sqrt(sum - (start ? (p[h * length * length] as number) ** 2 : 0));
  };
  let similarity = 0;
  for (let other = 0; other < heads; other++)
    if (other !== head) similarity += (dots[other] as number) / norm(head) / norm(other);
  return [
    ...totals.map((t) => t / queries),
    heads > 1 ? similarity / (heads - 1) : 1,
  ] as unknown as HeadStatistics;
}
