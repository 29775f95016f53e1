/** What follows an opcode. A count is a length of that many bytes and its content. */
export type Argument =
  | { readonly kind: 'bytes'; readonly width: number }
  | { readonly kind: 'counted'; readonly width: number }
  | { readonly kind: 'lines'; readonly count: number; readonly pattern?: RegExp };

/** A pickle opcode: its argument, and what it takes from the stack and puts there. */
export interface Opcode {
  readonly argument: Argument;
  /** Items, or all down to the last mark. */
  readonly pops: number | 'mark';
  readonly pushes: number;
  /** Items below those, which it changes. */
  readonly below: number;
}

const none: Argument = { kind: 'bytes', width: 0 };
const fixed = (width: number): Argument => ({ kind: 'bytes', width });
const counted = (width: number): Argument => ({ kind: 'counted', width });
// Python reads 1_000, +inf and the like as well.
const number: Argument = { kind: 'lines', count: 1, pattern: /^[-+.\w]+$/ };
const text: Argument = { kind: 'lines', count: 1 };
const names: Argument = { kind: 'lines', count: 2, pattern: /^\S+$/ };

type Row = readonly [
  codes: string,
  argument: Argument,
  pops: number | 'mark',
  pushes: number,
  below?: number,
];

/** Protocols 0 to 5, by the characters of their codes; MARK, POP and STOP are the reader's. */
const ROWS: readonly Row[] = [
  ['FIL', number, 0, 1],
  ['SVP', text, 0, 1],
  ['c', names, 0, 1],
  ['i', names, 'mark', 1],
  ['N)]}\x88\x89\x8f\x97', none, 0, 1],
  ['K\x82', fixed(1), 0, 1],
  ['M\x83', fixed(2), 0, 1],
  ['J\x84', fixed(4), 0, 1],
  ['G', fixed(8), 0, 1],
  ['UC\x8a\x8c', counted(1), 0, 1],
  ['TXB\x8b', counted(4), 0, 1],
  ['\x8d\x8e\x96', counted(8), 0, 1],
  ['g', number, 0, 1],
  ['h', fixed(1), 0, 1],
  ['j', fixed(4), 0, 1],
  ['p', number, 0, 0, 1],
  ['q', fixed(1), 0, 0, 1],
  ['r', fixed(4), 0, 0, 1],
  ['\x94', none, 0, 0, 1],
  ['1', none, 'mark', 0],
  ['2', none, 0, 1, 1],
  ['Q\x85\x98', none, 1, 1],
  ['R\x81\x86\x93', none, 2, 1],
  ['\x87\x92', none, 3, 1],
  ['ab', none, 1, 0, 1],
  ['s', none, 2, 0, 1],
  ['dlto\x91', none, 'mark', 1],
  ['eu\x90', none, 'mark', 0, 1],
  ['\x80', fixed(1), 0, 0],
  ['\x95', fixed(8), 0, 0],
];

const OPCODES: ReadonlyMap<number, Opcode> = new Map(
  ROWS.flatMap(([codes, argument, pops, pushes, below = 0]) =>
    [...codes].map((code) => [code.charCodeAt(0), { argument, pops, pushes, below }] as const),
  ),
);

export const MARK = 0x28;
export const POP = 0x30;
export const STOP = 0x2e;
export const PROTO = 0x80;
/** GLOBAL, INST and STACK_GLOBAL name anything that can be imported. */
export const IMPORTS = new Set([0x63, 0x69, 0x93]);
/** REDUCE, INST, OBJ, BUILD, NEWOBJ and NEWOBJ_EX call it. */
export const CALLS = new Set([0x52, 0x69, 0x6f, 0x62, 0x81, 0x92]);

export function opcodeOf(code: number): Opcode | undefined {
  return OPCODES.get(code);
}
