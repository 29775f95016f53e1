import type { MatrixId, Role, WeightsCapability } from '../../core/types.js';
import { describeAttention } from './frames.js';
import { upperTriangle } from './linear.js';
import { describeNeurons, type Mlp } from './neurons.js';
import { packFloat } from './pack.js';
import { blockCount, FRAME_BLOCKS, layerOrder, neuronCount } from './plan.js';
import { MatrixReader } from './reader.js';
import { sampleRows } from './rows.js';
import { type AnchorSpace, anchorSpace, gainsOf } from './space.js';
import type { BlockEvidence, LineageEvidence } from './types.js';

/** Experts described in a layer that has no shared one: those the router favours by the norm of their row. */
const EXPERTS = 2;

type Expert = number | 'shared' | null;
interface Place {
  readonly layer: number;
  readonly expert: Expert;
}

export interface LineageSettings {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (done: number, total: number) => void;
}

/** Reads a few layers of a model once, and keeps what its relatives share with it whatever was done to them. */
export async function collectLineage(
  weights: WeightsCapability,
  { signal, progress }: LineageSettings = {},
): Promise<LineageEvidence> {
  const structure = await weights.structure(signal);
  const { ids } = await weights.matrices();
  const reader = new MatrixReader(weights, signal);
  const layers = ids.reduce((most, { layer = -1 }) => Math.max(most, layer + 1), 0);
  const space = await anchorSpace(reader, structure, await weights.vocabulary());
  const places = await placesOf(reader, ids, layers);
  const rows = await sampleRows(reader, layers, (layer) => expertsOf(ids, layer)[0] ?? null);
  const scattered = structure.tensors.some(({ role }) => role?.transposed === true);
  const blocks: BlockEvidence[] = [];
  for (const place of space ? places : []) {
    const block = await describeBlock(reader, space as AnchorSpace, place, places.length, scattered);
    if (!block) continue;
    const framed = blocks.length < FRAME_BLOCKS;
    const frames = framed ? await describeAttention(reader, place.layer, space as AnchorSpace) : [];
    blocks.push({ ...block, frames });
    progress?.(blocks.length, places.length);
  }
  return {
    hidden: space?.hidden ?? 0,
    layers,
    vocabulary: space?.vocabulary ?? 0,
    anchors: (space?.sets ?? []).map(({ by, ids, strings, framed, gram }) => ({
      by,
      ids,
      strings,
      framed,
      gram: packFloat(upperTriangle(gram, framed)),
    })),
    blocks,
    rows,
    nonFinite: reader.nonFinite,
  };
}

/** Shared experts first, then the routed ones by index; [null] in a dense layer. */
function expertsOf(ids: readonly MatrixId[], layer: number): Expert[] {
  const found = new Set<Expert>();
  for (const id of ids) {
    if (id.layer === layer && id.role === 'up' && id.part !== 'bias') found.add(id.expert ?? null);
  }
  const rank = (expert: Expert): number => (typeof expert === 'number' ? expert : -1);
  return [...found].sort((a, b) => rank(a) - rank(b));
}

/** Which MLPs to describe, in order. */
async function placesOf(reader: MatrixReader, ids: readonly MatrixId[], layers: number): Promise<Place[]> {
  const all: Place[] = [];
  for (const layer of layerOrder(layers)) {
    const experts = expertsOf(ids, layer);
    const plain = experts.filter((expert) => typeof expert !== 'number');
    const chosen = plain.length > 0 ? plain : await favoured(reader, layer, experts);
    all.push(...chosen.map((expert) => ({ layer, expert })));
    if (all.length === 0) continue;
    const size = await reader.matrix(idOf('up', all[0] as Place));
    const count = blockCount(layers, 3 * (size?.rows ?? 0) * (size?.columns ?? 0));
    if (all.length >= count) return all.slice(0, count);
  }
  return all;
}

async function favoured(reader: MatrixReader, layer: number, experts: readonly Expert[]): Promise<Expert[]> {
  const router = await reader.matrix({ role: 'router', layer });
  if (router === null || router.rows < experts.length) return experts.slice(0, EXPERTS);
  const norms = new Map<Expert, number>();
  await reader.eachRow(router, (row, values) => {
    norms.set(
      row,
      values.reduce((sum, value) => sum + value * value, 0),
    );
  });
  return [...experts].sort((a, b) => (norms.get(b) ?? 0) - (norms.get(a) ?? 0)).slice(0, EXPERTS);
}

function idOf(role: Role, { layer, expert }: Place): MatrixId {
  return expert === null ? { role, layer } : { role, layer, expert };
}

async function describeBlock(
  reader: MatrixReader,
  space: AnchorSpace,
  place: Place,
  blocks: number,
  scattered: boolean,
): Promise<Omit<BlockEvidence, 'frames'> | null> {
  const [gate, up, down] = await Promise.all(
    (['gate', 'up', 'down'] as const).map((role) => reader.matrix(idOf(role, place))),
  );
  if (!up || !down || up.columns !== space.hidden || down.rows !== space.hidden || down.columns !== up.rows)
    return null;
  const { layer } = place;
  const mlp: Mlp = {
    gate: gate && gate.rows === up.rows && gate.columns === up.columns ? gate : null,
    up,
    down,
    before: await gainsOf(reader, { role: 'mlp-norm', layer }, space.gainOffset),
    after: await gainsOf(reader, { role: 'post-mlp-norm', layer }, space.gainOffset),
    scattered,
  };
  return { ...place, ...(await describeNeurons(reader, mlp, space, neuronCount(up.rows, blocks))) };
}
