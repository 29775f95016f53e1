import { Document, isMap, isPair, isScalar, isSeq, type Node, visit } from 'yaml';
import type { ReferenceProfile } from '../core/types.js';

/** Significant digits of stored measurements: beyond the repeatability of any of them. */
const DIGITS = 6;

/** A profile as YAML: structure in block style, rows of numbers in one line each. */
export function writeProfile(profile: ReferenceProfile): string {
  const document = new Document(rounded(profile));
  visit(document, {
    Seq: (_, seq) => {
      if (seq.items.every((item) => !isMap(item) && !isSeq(item))) seq.flow = true;
    },
    Map: (key, map, path) => {
      if (key !== null && (isShort(map) || listedFile(path) || calibratedSignal(path))) map.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** A digest book has hundreds of files, one a line. */
function listedFile(path: readonly unknown[]): boolean {
  const pair = path.at(-2);
  return isPair(pair) && isScalar(pair.key) && pair.key.value === 'files';
}

/** A profile calibrates dozens of signals, one a line. */
function calibratedSignal(path: readonly unknown[]): boolean {
  const pair = path.at(-3);
  return isPair(pair) && isScalar(pair.key) && pair.key.value === 'calibration';
}

function isShort(map: Node): boolean {
  return (
    isMap(map) && map.items.length <= 2 && map.items.every(({ value }) => !isMap(value) && !isSeq(value))
  );
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rounded(entry)]));
  }
  return value;
}
