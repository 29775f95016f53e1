import { describe, expect, it } from 'vitest';
import { eValueAgainst } from '../../src/verdict/e-value.js';
import { natsToRefute } from '../../src/verdict/nats-to-refute.js';
import type { Vote } from '../../src/verdict/weigh.js';
import { BETS } from '../support/judgements.js';

const RATE = 1e-3;
const vote = (group: string, full: number): Vote => {
  return { group, signals: [group], vote: { full, student: 0, other: -1e9 }, streams: 1 };
};
const SPOKE = [vote('architecture', -4), vote('token-counts', -4)];

describe('nats that a silent group has to give', () => {
  it.each([
    ['lineage', 'onnx'],
    ['identity', 'safetensors'],
    ['log-probabilities', 'onnx'],
    ['log-probabilities', 'endpoint'],
    ['vocabulary', 'log'],
  ])('bring the e-value of %s in a case of %s to where it refutes', (group, candidateKind) => {
    const of = (votes: readonly Vote[]) => eValueAgainst('full', votes, BETS, candidateKind);
    const standing = {
      ...{ bets: BETS, candidateKind, eValue: of(SPOKE) },
      falseAccusationRate: RATE,
    };
    const nats = natsToRefute(group, standing, 'student');
    expect(of([...SPOKE, vote(group, -nats)]) * RATE).toBeCloseTo(1, 9);
  });

  it('are endless where the group may not accuse, and none where the e-value suffices', () => {
    const standing = { bets: BETS, eValue: 1, falseAccusationRate: RATE };
    expect(natsToRefute('signature', standing, 'student')).toBe(Number.POSITIVE_INFINITY);
    expect(natsToRefute('signature', { ...standing, eValue: 1000 }, 'student')).toBe(0);
  });
});
