import type { Window } from '../window.js';
import { type Argument, CALLS, IMPORTS, MARK, type Opcode, opcodeOf, POP, PROTO, STOP } from './opcodes.js';

/** Opcodes of honest and hostile pickles alike come early; none of them is executed. */
const MAX_OPCODES = 10_000;
/** Where to look for the newline behind an argument: names are short, strings of protocol 0 are not. */
const LINES = [256, 64 * 1024];

/**
 * Whether the file is a pickle: opcodes that its stack allows up to STOP, or so many that it cannot be chance. One that
 * calls what it imported and breaks off later has run by then, so it counts as well. Without the mark of protocol 2 the
 * pickle must be the whole file, since prose happens to start with a short one.
 */
export async function isPickle(window: Window, size: number): Promise<boolean> {
  const stack = new Stack();
  let at = 0;
  let marked = false;
  let imports = false;
  for (let count = 0; count < MAX_OPCODES && at < size; count++) {
    const code = (await window.bytes(at, at + 1))[0] as number;
    if (code === STOP) return stack.holdsOne() && (marked || at + 1 === size);
    const opcode = opcodeOf(code);
    if (code === MARK) stack.mark();
    else if (code === POP ? !stack.pop() : opcode === undefined || !stack.apply(opcode)) return false;
    const next = opcode ? await afterArgument(window, size, opcode.argument, at + 1) : at + 1;
    if (next === undefined) return false;
    marked ||= code === PROTO && count === 0;
    imports ||= IMPORTS.has(code);
    if (imports && CALLS.has(code)) return true;
    at = next;
  }
  return at < size;
}

/** How many items a pickle's stack holds, without the items. */
class Stack {
  #items = 0;
  readonly #marks: number[] = [];

  mark(): void {
    this.#marks.push(this.#items);
    this.#items = 0;
  }

  /** An item, or the mark when there is none above it. */
  pop(): boolean {
    if (this.#items > 0) this.#items--;
    else {
      const items = this.#marks.pop();
      if (items === undefined) return false;
      this.#items = items;
    }
    return true;
  }

  /** False when the items are not there. */
  apply({ pops, pushes, below }: Opcode): boolean {
    if (pops === 'mark') {
      const items = this.#marks.pop();
      if (items === undefined) return false;
      this.#items = items;
    } else this.#items -= pops;
    if (this.#items < below) return false;
    this.#items += pushes;
    return true;
  }

  holdsOne(): boolean {
    return this.#items === 1 && this.#marks.length === 0;
  }
}

/** The byte behind an argument; undefined when it is not what the opcode takes. */
async function afterArgument(
  window: Window,
  size: number,
  argument: Argument,
  at: number,
): Promise<number | undefined> {
  if (argument.kind === 'lines') {
    let end: number | undefined = at;
    for (let i = 0; i < argument.count && end !== undefined; i++)
      end = await line(window, size, end, argument.pattern);
    return end;
  }
  const content = at + argument.width;
  if (content > size) return undefined;
  if (argument.kind === 'bytes') return content;
  const bytes = await window.bytes(at, content);
  const length = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  return length <= size - content ? content + length : undefined;
}

async function line(window: Window, size: number, at: number, pattern?: RegExp): Promise<number | undefined> {
  for (const most of LINES) {
    const bytes = await window.bytes(at, Math.min(size, at + most));
    const length = bytes.indexOf(0x0a);
    if (length < 0) continue;
    const fits = pattern === undefined || (length < 256 && pattern.test(text(bytes.subarray(0, length))));
    return fits ? at + length + 1 : undefined;
  }
  return undefined;
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes).trim();
}
