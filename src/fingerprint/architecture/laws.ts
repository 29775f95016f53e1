import type { Claims, Config } from '../../core/config-claims.js';
import type { ClosedFormLaw, FactSource, ModelStructure } from '../../core/types.js';
import { type ClosedForm, closedForm } from '../closed-form/closed-form.js';
import { BYTES, type EntryStorage, entriesOf } from '../closed-form/entries.js';
import { shapeOf } from '../closed-form/families.js';
import type { ArchitectureShape } from '../closed-form/shape.js';
import { predictShardSizes, SHARD_LAYOUTS, shardEntries } from '../closed-form/shard-sizes.js';
import { baseName } from './delivered.js';
import { elements, reasonToLeaveOut } from './storage.js';
import type { PlacedTensor } from './tensors.js';

/** What was seen of a delivery, for comparison with what its configuration implies. */
export interface Observed {
  readonly structure: ModelStructure;
  readonly placed: readonly PlacedTensor[];
  readonly complete: boolean;
  readonly parameters: number | undefined;
  /** Null where nothing shows whether there are any. */
  readonly predictorLayers: number | null;
  readonly repeatedHead: boolean;
  /** Tensors an index lists, rotary tables not counted. */
  readonly listed: number | undefined;
}

export interface Laws {
  /** What the configuration implies of the release it describes; null when that is not known. */
  readonly implied: ClosedForm | null;
  readonly laws: readonly ClosedFormLaw[];
  readonly shardSizes: Readonly<Record<string, number>> | null;
}

const NONE: Laws = { implied: null, laws: [], shardSizes: null };
/** Largest published sets have some 200. */
const MAX_SHARDS = 2_000;
const STORED_AS: Readonly<Record<string, EntryStorage['dtype']>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
};

/**
 * The closed form of a configuration held against the files. Only for safetensors of a known family in the form in
 * which it is released: other containers and quantizers name and count tensors in their own way.
 */
export function closedFormLaws(config: Config, claims: Claims, observed: Observed): Laws {
  const { structure } = observed;
  const described = structure.format === 'safetensors' ? shapeOf(config, claims) : null;
  const stored = storageForm(config, structure);
  if (!described || !stored) return NONE;
  try {
    return lawsOf(described, stored, observed);
  } catch (error) {
    if (error instanceof RangeError) return NONE;
    throw error;
  }
}

function lawsOf(described: ArchitectureShape, stored: EntryStorage, observed: Observed): Laws {
  const { structure, complete, parameters, predictorLayers, repeatedHead } = observed;
  const { dtype, tile } = stored;
  const form = { bytes: BYTES[dtype], ...(tile ? { tile } : {}) };
  const shape = {
    ...described,
    predictors: predictorLayers ?? described.predictors,
    tied: described.tied && !repeatedHead,
  };
  const implied = closedForm(described, form);
  const expected = closedForm(shape, form);
  const law = (name: ClosedFormLaw['law'], value: number, seen: number | undefined, from: FactSource) =>
    seen === undefined ? [] : [{ law: name, expected: value, observed: seen, from }];
  const found = complete ? countTensors(observed) : undefined;
  const { index } = structure;
  const sizes = index === null ? null : shardSizes(structure, shape, stored, complete);
  return {
    implied,
    laws: [
      ...law('parameters', implied.parameters, complete ? parameters : undefined, 'shapes'),
      ...law('tensors', expected.tensors, found?.tensors ?? observed.listed, found ? 'shapes' : 'index'),
      ...law(
        'payloadBytes',
        expected.payloadBytes,
        found?.bytes ?? index?.totalSize ?? undefined,
        found ? 'shapes' : 'index',
      ),
      ...(sizes && complete ? law('shardSizes', sizes.predicted.size, sizes.equal, 'shapes') : []),
    ],
    shardSizes: sizes ? Object.fromEntries(sizes.predicted) : null,
  };
}

/** How the numbers are stored; null where a quantizer or a mixture of types decides. */
function storageForm(config: Config, { tensors }: ModelStructure): EntryStorage | null {
  const quantization = config.quantization_config as Config | undefined | null;
  const tile = quantization?.weight_block_size;
  if (quantization && (quantization.quant_method !== 'fp8' || !isTile(tile))) return null;
  const floats = new Set(
    tensors.flatMap(({ type, dims }) => (dims.length === 2 && /^(F32|B?F16)$/.test(type) ? [type] : [])),
  );
  const [only] = floats;
  const dtype =
    floats.size === 0
      ? STORED_AS[String(config.torch_dtype ?? config.dtype)]
      : floats.size === 1
        ? only
        : undefined;
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') return null;
  return { dtype, ...(isTile(tile) ? { tile } : {}) };
}

function isTile(value: unknown): value is readonly [number, number] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((side) => Number.isInteger(side) && side > 0)
  );
}

/** Stored tensors and bytes without masks and rotary tables, which some checkpoints keep and others compute. */
function countTensors({ structure, placed, repeatedHead }: Observed): { tensors: number; bytes: number } {
  let { storedTensors: tensors } = structure;
  let bytes = structure.files.reduce((sum, file) => sum + file.bytes - file.headerBytes, 0);
  structure.tensors.forEach((tensor, index) => {
    const reason = reasonToLeaveOut(tensor, placed[index], repeatedHead);
    if (reason !== 'rotary' && reason !== 'buffers') return;
    tensors--;
    bytes -= (elements(tensor.dims) * tensor.bits) / 8;
  });
  return { tensors, bytes };
}

/** Sizes in the layout that most delivered shards have; in that of the index when none is there. */
function shardSizes(
  { index, files }: ModelStructure,
  shape: ArchitectureShape,
  stored: EntryStorage,
  complete: boolean,
): { readonly predicted: ReadonlyMap<string, number>; readonly equal: number } | null {
  if (index === null || new Set(index.tensors.values()).size > MAX_SHARDS) return null;
  const entries = shardEntries(index, entriesOf(shape, stored));
  if (entries === null) return null;
  const actual = new Map(files.map(({ path, bytes }) => [baseName(path), bytes]));
  let best = { predicted: predictShardSizes(entries), equal: 0 };
  for (const layout of complete ? SHARD_LAYOUTS : []) {
    const predicted = predictShardSizes(entries, layout);
    const equal = [...predicted].filter(([shard, bytes]) => actual.get(baseName(shard)) === bytes).length;
    if (equal > best.equal) best = { predicted, equal };
    if (equal === predicted.size) break;
  }
  return best;
}
