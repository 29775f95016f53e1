import type { StoredTensor } from '../../core/types.js';
import { quoted } from '../failure.js';
import { flatText } from '../flat-text.js';
import type { Entry } from './entry.js';
import { invalid, truncated } from './failure.js';

/** Where the data of a file lies. */
interface DataSection {
  readonly file: string;
  /** First byte of data. */
  readonly from: number;
  /** Bytes of data in the file. */
  readonly bytes: number;
}

/** Put the tensors in the order of their bytes and check that they cover the data once, without holes or surplus. */
export function layOut(entries: readonly Entry[], data: DataSection): readonly StoredTensor[] {
  let covered = 0;
  // Hundreds of tensors have one of a few shapes.
  const shapes = new Map<string, readonly number[]>();
  const shared = (dims: readonly number[]): readonly number[] => {
    const key = dims.join();
    const known = shapes.get(key) ?? dims.slice();
    shapes.set(key, known);
    return known;
  };
  const tensors = inOrder(entries).map((entry) => {
    if (entry.begin !== covered) throw misplaced(entry, covered, data);
    if (entry.end > data.bytes) throw beyondEnd(entry, data);
    covered = entry.end;
    const { name, dims, dtype, begin, end } = entry;
    return {
      name: flatText(name),
      dims: shared(dims),
      dtype,
      file: data.file,
      offset: data.from + begin,
      bytes: end - begin,
    };
  });
  if (covered === data.bytes) return tensors;
  const what = `${data.bytes - covered} bytes follow that belong to no tensor`;
  throw invalid(data.file, data.from + covered, 'SAFETENSORS_TRAILING', what);
}

/** The specification leaves the order of the JSON open; most writers follow the data. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const sorted = entries.every((entry, i) => i === 0 || compare(entries[i - 1] as Entry, entry) <= 0);
  return sorted ? entries : entries.toSorted(compare);
}

function compare(a: Entry, b: Entry): number {
  return a.begin - b.begin || a.end - b.end;
}

function misplaced({ name, begin, at }: Entry, covered: number, { file }: DataSection): Error {
  if (begin < covered) {
    const what = `tensor ${quoted(name)} begins at ${begin}, inside the data of another, which ends at ${covered}`;
    return invalid(file, at, 'SAFETENSORS_OVERLAP', what);
  }
  if (covered === 0) {
    const what = `the first tensor, ${quoted(name)}, begins at ${begin} of the data; expected 0`;
    return invalid(file, at, 'SAFETENSORS_OFFSET_START', what);
  }
  const what = `tensor ${quoted(name)} begins at ${begin}; the data before it end at ${covered}`;
  return invalid(file, at, 'SAFETENSORS_HOLE', what);
}

function beyondEnd({ name, end, at }: Entry, { file, bytes }: DataSection): Error {
  const what = `tensor ${quoted(name)} ends at ${end}; the file has ${bytes} bytes of data`;
  return truncated(file, at, 'SAFETENSORS_DATA_TRUNCATED', what);
}
