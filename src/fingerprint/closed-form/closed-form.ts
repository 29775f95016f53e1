import { type PlannedTensor, plannedTensors } from './plan.js';
import type { ArchitectureShape } from './shape.js';

/** How a release stores its numbers. */
export interface StorageForm {
  /** Bytes of a number. */
  readonly bytes: number;
  /** Projections are stored as FP8 with one F32 scale per tile of [rows, columns]. */
  readonly tile?: readonly [number, number];
}

/** Totals that follow from a shape, to the unit. */
export interface ClosedForm {
  /** Distinct trained numbers of the main model. */
  readonly parameters: number;
  /** Those one token uses, embedding and head included; null where nobody states how many experts it takes. */
  readonly active: number | null;
  /** Numbers of prediction layers that are no copies of the embedding and the head. */
  readonly predictorParameters: number;
  /** Stored tensors, prediction layers and scales included. */
  readonly tensors: number;
  /** Stored numbers, as a hub counts them: prediction layers, their copies and scales included. */
  readonly storedNumbers: number;
  readonly payloadBytes: number;
}

const F32 = 4;

/**
 * Parameters, tensors and bytes of a transformer of this shape. Every product of a published model is below 2^53;
 * the result is checked and NaN is never returned. Throws RangeError for shapes beyond that.
 */
export function closedForm(shape: ArchitectureShape, { bytes, tile }: StorageForm): ClosedForm {
  let parameters = 0;
  let active: number | null = 0;
  let predictorParameters = 0;
  let tensors = 0;
  let storedNumbers = 0;
  let payloadBytes = 0;
  for (const planned of plannedTensors(shape)) {
    const { times, predictor, role } = planned;
    const numbers = product(planned.dims);
    const scales = tile && planned.projection ? scalesOf(planned, tile) : 0;
    if (!predictor) parameters += numbers * times;
    else if (role !== 'embedding' && role !== 'head') predictorParameters += numbers * times;
    active = active === null || planned.active === null ? null : active + numbers * planned.active;
    tensors += times * (scales > 0 ? 2 : 1);
    storedNumbers += times * (numbers + scales);
    payloadBytes += times * (numbers * widthOf(planned, bytes, scales > 0) + F32 * scales);
  }
  if (!Number.isSafeInteger(payloadBytes) || !Number.isSafeInteger(storedNumbers))
    throw new RangeError('The shape describes more numbers than can be counted exactly.');
  return { parameters, active, predictorParameters, tensors, storedNumbers, payloadBytes };
}

function product(dims: readonly number[]): number {
  return dims.reduce((all, dim) => all * dim, 1);
}

function scalesOf({ dims }: PlannedTensor, [height, width]: readonly [number, number]): number {
  return Math.ceil((dims[0] ?? 1) / height) * Math.ceil((dims[1] ?? 1) / width);
}

/** DeepSeek-V3 keeps the bias of its router in F32 whatever the rest is. */
function widthOf({ role, part }: PlannedTensor, bytes: number, packed: boolean): number {
  if (packed) return 1;
  return role === 'router' && part === 'bias' ? F32 : bytes;
}
