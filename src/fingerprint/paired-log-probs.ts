import { unpackLogProbs } from './fixed-point.js';
import type { LogProbabilities, TextEvidence } from './probes/log-probabilities.js';

/** References are compared with each other and with every candidate: each passage is unpacked once. */
const unpacked = new WeakMap<TextEvidence, readonly (readonly number[])[]>();
function rowsOf(text: TextEvidence, width: number): readonly (readonly number[])[] {
  const known = unpacked.get(text);
  if (known?.[0]?.length === width) return known;
  const rows = unpackLogProbs(text.sample, width);
  unpacked.set(text, rows);
  return rows;
}

/** Log-probabilities of two models for the same ids at the same position of the same passage. */
export interface PairedPosition {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** Mean absolute difference of log-probabilities, in nats. */
export function meanDifference(positions: readonly PairedPosition[]): number {
  let sum = 0;
  let count = 0;
  for (const { a, b } of positions) {
    for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? a[i] ?? 0));
    count += a.length;
  }
  return sum / count;
}

/**
 * Positions two runs have in common. Passages that tokenize differently are left out, and a longer budget is
 * cut to the shorter: under causal attention a position depends on its prefix alone.
 */
export function pairPositions(a: LogProbabilities, b: LogProbabilities): PairedPosition[] {
  if (a.vocabSize !== b.vocabSize || a.sampleIds.length === 0 || a.sampleIds.length !== b.sampleIds.length)
    return [];
  const theirs = new Map(b.texts.map((text) => [text.id, text]));
  return a.texts.flatMap((text) => {
    const other = theirs.get(text.id);
    if (!other) return [];
    const length = Math.min(text.ids.length, other.ids.length);
    if (!text.ids.slice(0, length).every((id, i) => id === other.ids[i])) return [];
    const rowsA = rowsOf(text, a.sampleIds.length);
    const rowsB = rowsOf(other, b.sampleIds.length);
    return rowsA.slice(0, length - 1).flatMap((row, i) => {
      const partner = rowsB[i];
      return partner ? [{ a: row, b: partner }] : [];
    });
  });
}
