import { describe, expect, it } from 'vitest';
import type { SignalInput, VariantView } from '../../src/core/types.js';
import type { ServiceEvidence } from '../../src/fingerprint/probes/service-facts.js';
import serviceFacts from '../../src/fingerprint/signals/service-facts.js';
import { statedContext } from '../../src/fingerprint/stated-context.js';
import { weigh } from '../../src/verdict/weigh.js';

const variant = (id: string, facts: VariantView['facts']): VariantView => ({
  ...{ id, kind: 'full', facts, digests: [], runs: [] },
});
const R1 = variant('full', { vocabSize: 129280, parameters: 671026419200, maxPositions: 163840 });
const DISTILL = variant('distill', { vocabSize: 151936, parameters: 7615616512, maxPositions: 131072 });
const UNKNOWN = variant('unknown', {});

function score(evidence: Partial<ServiceEvidence>) {
  const seen: ServiceEvidence = { model: {}, modelIds: [], maxPositions: null, refusal: null, ...evidence };
  const input = { candidate: { 'service-facts': seen }, variants: [R1, DISTILL, UNKNOWN], strangers: [] };
  return serviceFacts.score(input as unknown as SignalInput);
}
const likelihoods = (evidence: Partial<ServiceEvidence>) => {
  const result = score(evidence);
  return result.status === 'scored' ? result.logLikelihood : result.reason;
};
const AGAINST = Math.log(1 / 3);

describe('what a service says of itself', () => {
  it('moves nothing when it says nothing, or agrees', () => {
    expect(likelihoods({})).toBe('the service says nothing of itself');
    const agreeing = { 'meta.n_vocab': 129280, 'meta.n_params': 671026419200, max_model_len: 163840 };
    expect(likelihoods({ model: { id: 'm' } })).toEqual({ full: 0, distill: 0, unknown: 0, other: 0 });
    expect(likelihoods({ model: agreeing, maxPositions: 163840 })).toEqual({
      ...{ full: 0, distill: AGAINST, unknown: 0, other: 0 },
    });
  });

  it('a shorter context, a padded vocabulary and prediction layers contradict nothing', () => {
    const shorter = {
      model: { id: 'm', 'meta.n_vocab': 129536, 'meta.n_params': 684531386000 },
      maxPositions: 32768,
    };
    expect(likelihoods(shorter)).toMatchObject({ full: 0 });
  });

  it('another vocabulary or size, or a longer context, is held against a version, by a nat at most', () => {
    expect(likelihoods({ model: { 'meta.n_vocab': 151936 } })).toMatchObject({ full: AGAINST, distill: 0 });
    const message = "This model's maximum context length is 262144 tokens.";
    expect(likelihoods({ refusal: { status: 400, message } })).toMatchObject({ full: AGAINST, unknown: 0 });
    const result = score({ model: { 'meta.n_vocab': 151936 } });
    const signal = {
      id: 'service-facts',
      title: '',
      group: 'service',
      spoofing: 'trivial',
      ...result,
    } as const;
    const { votes, posterior } = weigh([signal], { full: 0.5, distill: 0.25, other: 0.25 });
    expect(votes[0]?.vote.full).toBe(-1);
    expect(posterior.full).toBeGreaterThan(0.2);
  });

  it('nonsense is shown and moves nothing', () => {
    const odd = { 'meta.n_vocab': -5, 'meta.n_params': 'many', 'meta.n_ctx': true, id: '</script>' };
    expect(likelihoods({ model: odd, maxPositions: null })).toEqual({
      full: 0,
      distill: 0,
      unknown: 0,
      other: 0,
    });
  });

  it.each([
    ["This model's maximum context length is 131072 tokens. However, you requested 100000005 tokens", 131072],
    ['request (18041 tokens) exceeds the available context size (128 tokens), try increasing it', 128],
    ["Requested token count exceeds the model's maximum context length of 163,840 tokens.", 163840],
    ['Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', null],
    ['max_tokens is too large: 100000000. This model supports at most 16384 completion tokens', null],
    ['maximum context length is 7 tokens', null],
  ])('%s', (message, expected) => {
    expect(statedContext(message)).toBe(expected);
  });
});
