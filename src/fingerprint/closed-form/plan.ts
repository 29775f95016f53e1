import type { Role } from '../../core/types.js';
import type {
  ArchitectureShape,
  DenseBlock,
  ExpertBlock,
  GroupedAttention,
  LatentAttention,
} from './shape.js';

/** A kind of tensor that a shape implies. */
export interface PlannedTensor {
  readonly role: Role;
  readonly part: 'weight' | 'bias';
  readonly expert?: 'routed' | 'shared';
  /** [out, in], whatever the file's orientation. */
  readonly dims: readonly number[];
  /** How often the model has it. */
  readonly times: number;
  /** How many of them one token uses; null where nobody states how many experts it takes. */
  readonly active: number | null;
  /** Belongs to layers that predict further tokens. */
  readonly predictor: boolean;
  /** Multiplied with activations inside a layer, so FP8 releases store it in 8 bits. */
  readonly projection: boolean;
}

type Kind = Pick<PlannedTensor, 'role' | 'part' | 'dims'> & Partial<PlannedTensor>;

/** Every kind of tensor a model of this shape has, with how often. */
export function plannedTensors(shape: ArchitectureShape): PlannedTensor[] {
  const { layers, experts, dense, predictors } = shape;
  const expertLayers = experts ? layers - experts.denseLayers : 0;
  const inEvery = [...attention(shape), ...norms(shape)];
  const inExpertLayers = experts ? moe(shape, experts) : [];
  const inDense = dense ? mlp(shape.hiddenSize, dense) : [];
  const predicting = [...inEvery, ...(experts ? inExpertLayers : inDense), ...predictor(shape)];
  return [
    ...outside(shape).map((kind) => planned(kind, 1, false)),
    ...inEvery.map((kind) => planned(kind, layers, false)),
    ...inDense.map((kind) => planned(kind, layers - expertLayers, false)),
    ...inExpertLayers.map((kind) => planned(kind, expertLayers, false)),
    ...(predictors > 0 ? predicting.map((kind) => planned(kind, predictors, true)) : []),
  ].filter(({ times }) => times > 0);
}

function planned(kind: Kind, layers: number, predictor: boolean): PlannedTensor {
  const { times = 1, active = times } = kind;
  return {
    projection: false,
    ...kind,
    times: times * layers,
    active: predictor ? 0 : active === null ? null : active * layers,
    predictor,
  };
}

const weight = (role: Role, ...dims: number[]): Kind => ({ role, part: 'weight', dims });
const projection = (role: Role, rows: number, columns: number): Kind => ({
  ...weight(role, rows, columns),
  projection: true,
});
const bias = (role: Role, length: number): Kind => ({ role, part: 'bias', dims: [length] });
const normal = (role: Role, length: number, withBias: boolean): Kind[] => [
  weight(role, length),
  ...(withBias ? [bias(role, length)] : []),
];

function outside(shape: ArchitectureShape): Kind[] {
  const { vocabSize, hiddenSize: d, tied, positions, types, embeddingNorm, pooler, norms: norm } = shape;
  return [
    weight('embedding', vocabSize, d),
    ...(positions > 0 ? [weight('position-embedding', positions, d)] : []),
    ...(types > 0 ? [weight('type-embedding', types, d)] : []),
    ...(embeddingNorm ? normal('embedding-norm', d, norm.bias) : []),
    ...(norm.final ? normal('final-norm', d, norm.bias) : []),
    ...(tied ? [] : [weight('head', vocabSize, d)]),
    ...(pooler ? [weight('other', d, d), bias('other', d)] : []),
  ];
}

function norms({ hiddenSize: d, norms: { perLayer, bias: withBias, final } }: ArchitectureShape): Kind[] {
  // Without a last norm each layer normalizes what it returns, as BERT does.
  const around: Role[] = final ? ['attention-norm', 'mlp-norm'] : ['post-attention-norm', 'post-mlp-norm'];
  const after: Role[] = perLayer === 4 ? ['post-attention-norm', 'post-mlp-norm'] : [];
  return [...around, ...after].flatMap((role) => normal(role, d, withBias));
}

function attention({ attention: shape, hiddenSize: d }: ArchitectureShape): Kind[] {
  return shape.kind === 'grouped' ? grouped(shape, d) : latent(shape, d);
}

function grouped(
  { heads, keyValueHeads, headDim, fused, bias: biases, qkNorm }: GroupedAttention,
  d: number,
): Kind[] {
  const query = heads * headDim;
  const key = keyValueHeads * headDim;
  const inputs: readonly (readonly [Role, number])[] = fused
    ? [['query-key-value', query + 2 * key]]
    : [
        ['query', query],
        ['key', key],
        ['value', key],
      ];
  return [
    ...inputs.map(([role, rows]) => projection(role, rows, d)),
    projection('output', d, query),
    ...(biases === 'none' ? [] : inputs.map(([role, rows]) => bias(role, rows))),
    ...(biases === 'all' ? [bias('output', d)] : []),
    ...(qkNorm ? [weight('query-norm', headDim), weight('key-norm', headDim)] : []),
  ];
}

function latent({ heads, queryRank, keyValueRank, nope, rope, value }: LatentAttention, d: number): Kind[] {
  const query = heads * (nope + rope);
  return [
    ...(queryRank === null
      ? [projection('query', query, d)]
      : [
          projection('query-a', queryRank, d),
          weight('query-a-norm', queryRank),
          projection('query-b', query, queryRank),
        ]),
    projection('key-value-a', keyValueRank + rope, d),
    weight('key-value-a-norm', keyValueRank),
    projection('key-value-b', heads * (nope + value), keyValueRank),
    projection('output', d, heads * value),
  ];
}

function mlp(d: number, { width, gated, fused, bias: withBias }: DenseBlock): Kind[] {
  const inputs: readonly (readonly [Role, number])[] = fused
    ? [['gate-up', 2 * width]]
    : [...(gated ? [['gate', width] as const] : []), ['up', width]];
  return [
    ...inputs.map(([role, rows]) => projection(role, rows, d)),
    projection('down', d, width),
    ...(withBias ? [...inputs.map(([role, rows]) => bias(role, rows)), bias('down', d)] : []),
  ];
}

function moe({ hiddenSize: d }: ArchitectureShape, experts: ExpertBlock): Kind[] {
  const { count, active, width, sharedWidth, sharedGate, routerBias } = experts;
  const block = { gated: true, fused: false, bias: false };
  return [
    weight('router', count, d),
    // It only ranks experts and is multiplied with nothing.
    ...(routerBias ? [{ ...bias('router', count), active: 0 }] : []),
    ...(sharedWidth > 0
      ? mlp(d, { ...block, width: sharedWidth }).map((kind) => ({ ...kind, expert: 'shared' as const }))
      : []),
    ...(sharedGate ? [weight('shared-gate', 1, d)] : []),
    ...mlp(d, { ...block, width }).map((kind) => ({
      ...kind,
      expert: 'routed' as const,
      times: count,
      active,
    })),
  ];
}

/** Beside a layer of the stack: two norms, the joining projection, and copies of embedding, last norm and head. */
function predictor({ hiddenSize: d, vocabSize }: ArchitectureShape): Kind[] {
  return [
    ...[0, 1, 2].map(() => weight('predictor', d)),
    weight('predictor', d, 2 * d),
    weight('embedding', vocabSize, d),
    weight('head', vocabSize, d),
  ];
}
