import { overLimit } from './failure.js';
import { MAX_EVENT_BYTES } from './limits.js';

const LF = 10;
const CR = 13;
const FIRST_CAPACITY = 4096;

/** Bytes that grow at the end, without an object for each piece: a hostile server sends one byte at a time. */
export interface ByteHeap {
  add(bytes: Uint8Array): void;
  take(): Uint8Array;
  readonly length: number;
}

export function byteHeap(): ByteHeap {
  let bytes = new Uint8Array(FIRST_CAPACITY);
  let length = 0;
  return {
    add(more) {
      if (length + more.length > MAX_EVENT_BYTES)
        throw overLimit('CHAT_EVENT_BYTES', `holds more than ${MAX_EVENT_BYTES} bytes in one event`);
      if (length + more.length > bytes.length) {
        const grown = new Uint8Array(Math.max(2 * bytes.length, length + more.length));
        grown.set(bytes.subarray(0, length));
        bytes = grown;
      }
      bytes.set(more, length);
      length += more.length;
    },
    take() {
      const taken = bytes.slice(0, length);
      length = 0;
      return taken;
    },
    get length() {
      return length;
    },
  };
}

export interface LineSplitter {
  push(bytes: Uint8Array): void;
  /** Give the last line, if the text ends without a line end. */
  end(): void;
}

/** Cut bytes into lines at LF, CR or CR LF, wherever the pieces were cut. */
export function splitLines(onLine: (line: Uint8Array) => void, onCarriageReturn: () => void): LineSplitter {
  const rest = byteHeap();
  let afterReturn = false;
  const emit = (bytes: Uint8Array): void => {
    if (rest.length === 0) {
      onLine(bytes);
      return;
    }
    rest.add(bytes);
    onLine(rest.take());
  };
  return {
    push(bytes) {
      let from = 0;
      if (afterReturn && bytes.length > 0) {
        if (bytes[0] === LF) from = 1;
        else onCarriageReturn();
        afterReturn = false;
      }
      let feed = bytes.indexOf(LF, from);
      let turn = bytes.indexOf(CR, from);
      while (feed >= 0 || turn >= 0) {
        const at = turn < 0 || (feed >= 0 && feed < turn) ? feed : turn;
        emit(bytes.subarray(from, at));
        from = at + 1;
        if (at === turn) {
          if (from === bytes.length) afterReturn = true;
          else if (bytes[from] === LF) from++;
          else onCarriageReturn();
        }
        if (feed >= 0 && feed < from) feed = bytes.indexOf(LF, from);
        if (turn >= 0 && turn < from) turn = bytes.indexOf(CR, from);
      }
      if (from < bytes.length) rest.add(bytes.subarray(from));
    },
    end() {
      if (rest.length > 0) onLine(rest.take());
    },
  };
}
