import { describe, expect, it } from 'vitest';
import { costText, remedyText, weightText } from '../../src/report/explanation.js';
import { INCONCLUSIVE, REFUTED } from '../support/example-reports.js';

describe('cost of a remedy', () => {
  it.each([
    [{ requests: 24, tokens: 300 }, 'endpoint', 'costs about 24 requests, 300 tokens'],
    [{ requests: 1, tokens: 1 }, 'log', 'costs about 1 request, 1 token'],
    [{ requests: 8, tokens: 12_345 }, 'onnx', 'costs about 8 runs of the model, 12,345 tokens'],
    [{ requests: 1 }, 'gguf', 'costs about 1 run of the model'],
    [{ tokens: 40 }, 'endpoint', 'costs about 40 tokens'],
    [{ requests: 0, tokens: 0 }, 'endpoint', 'costs no further request'],
    [{ requests: 0, tokens: 0 }, 'onnx', 'costs no run of the model'],
    [{}, 'endpoint', ''],
  ] as const)('of %j from %s reads "%s"', (cost, kind, text) => {
    expect(costText({ sentence: 'x', ...cost }, kind)).toBe(text);
  });

  it('follows its sentence, and nothing does where it is not known', () => {
    const [known, unknown] = INCONCLUSIVE.verdict.wouldDecide;
    if (!known || !unknown) throw new Error('the example has two remedies');
    expect(remedyText(known, INCONCLUSIVE)).toMatch(/logprobs\. Costs about 24 requests, 300 tokens\.$/);
    expect(remedyText(known, REFUTED)).toMatch(/Costs about 24 runs of the model, 300 tokens\.$/);
    expect(remedyText(unknown, INCONCLUSIVE)).toBe('The weight files of the deployed model.');
  });
});

describe('weight of a reason', () => {
  it.each([
    [14, '14 nats against'],
    [-7.02, '7.02 nats for'],
    [0, ''],
    [undefined, ''],
    [Number.NaN, ''],
    [null as unknown as number, ''],
  ])('of %j reads "%s"', (nats, text) => {
    expect(weightText({ signal: 'x', sentence: 'x', ...(nats === undefined ? {} : { nats }) })).toBe(text);
  });
});
