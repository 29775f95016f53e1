import type { Detail, FactValue, Signal, VariantView } from '../../core/types.js';
import greedyReplies, { type GreedyReply } from '../../replies/probes/greedy-replies.js';
import serviceFacts, { type ServiceEvidence } from '../probes/service-facts.js';
import { statedContext } from '../stated-context.js';

/** Policy: an honest operator's list contradicts the version served one time in three: stale entries, aliases. */
const CONTRADICTED = Math.log(1 / 3);
/** Counts with and without an untied head, prediction layers or padding of the vocabulary agree within this share. */
const SAME_COUNT = 0.05;
/** Entries of a model list that a report shows. */
const SHOWN = 12;

/** Names under which servers state a number, and the fact it would be. */
const STATED: readonly (readonly [fact: string, names: readonly string[]])[] = [
  ['vocabSize', ['meta.n_vocab', 'vocab_size']],
  ['parameters', ['meta.n_params', 'num_parameters']],
];

/**
 * Claim: what the service says of itself does not contradict the claimed version.
 * Method: numbers of the model's entry in the list of models (vocabulary, parameters) against the facts of each
 * version, 5 % apart or more; a stated context longer than the version's; names, builds and the wording of a refusal
 * are shown and not judged.
 * Source: GET /models, and the refusal of a request without messages.
 * Assumptions: none. A shorter context is an operator's choice, and a missing number says nothing.
 * Error rates: set by policy (one honest entry in three is stale), not measured; the group is capped at 1 nat.
 * Evasion: typing other numbers into a configuration file; agreement therefore favours nobody.
 */
const serviceFactsSignal: Signal = {
  id: 'service-facts',
  title: 'What the service says of itself',
  group: 'service',
  spoofing: 'trivial',
  needs: [serviceFacts],
  wants: [greedyReplies],
  score: ({ candidate, variants }) => {
    const seen = candidate['service-facts'] as ServiceEvidence;
    const replies = (candidate['greedy-replies'] ?? []) as readonly GreedyReply[];
    const details = describe(seen, replies);
    if (details.length === 0) return { status: 'skipped', reason: 'the service says nothing of itself' };
    const against = variants.map(({ id, facts }) => [id, contradictions(seen, facts)] as const);
    return {
      status: 'scored',
      observed: `${details.length} statements, claims that any operator can type`,
      expected: Object.fromEntries(variants.map((variant) => [variant.id, expectation(variant)])),
      logLikelihood: Object.fromEntries([
        ...against.map(([id, found]) => [id, found.length > 0 ? CONTRADICTED : 0]),
        ['other', 0],
      ]),
      n: 1,
      details: [
        ...details,
        ...against.flatMap(([id, found]) =>
          found.map((value): Detail => ({ type: 'text', label: `contradicts ${id}`, value })),
        ),
      ],
    };
  },
};
export default serviceFactsSignal;

function contradictions(
  { model, refusal, maxPositions }: ServiceEvidence,
  facts: Readonly<Record<string, FactValue>>,
): string[] {
  const numbers = STATED.flatMap(([fact, names]) => {
    const stated = names.map((name) => model[name]).find((value) => typeof value === 'number');
    const expected = facts[fact];
    if (typeof stated !== 'number' || typeof expected !== 'number' || stated <= 0) return [];
    return Math.abs(stated - expected) / expected > SAME_COUNT ? [`${fact}: ${stated}, not ${expected}`] : [];
  });
  const context = maxPositions ?? statedContext(refusal?.message ?? '');
  const longest = facts.maxPositions;
  const longer = context !== null && typeof longest === 'number' && context > longest;
  return longer ? [...numbers, `context: ${context}, longer than ${longest}`] : numbers;
}

function expectation({ facts }: VariantView): string {
  const parts = ['vocabSize', 'parameters', 'maxPositions'].flatMap((name) =>
    facts[name] === undefined ? [] : [`${name} ${facts[name]}`],
  );
  return parts.length === 0 ? 'nothing in particular' : parts.join(', ');
}

/** Everything is shown as what it is: text of the operator. */
function describe(seen: ServiceEvidence, replies: readonly GreedyReply[]): Detail[] {
  const shown = (label: string, value: string): Detail[] =>
    value === '' ? [] : [{ type: 'text', label: `${label} (claim)`, value }];
  const named = (values: readonly (string | null)[]): string =>
    [...new Set(values.flatMap((value) => value ?? []))].slice(0, SHOWN).join(', ');
  const context = statedContext(seen.refusal?.message ?? '');
  return [
    ...Object.entries(seen.model)
      .slice(0, SHOWN)
      .flatMap(([name, value]) => shown(`model list: ${name}`, String(value))),
    ...shown('models listed', seen.modelIds.length > 1 ? String(seen.modelIds.length) : ''),
    ...shown('context by the refusal', context === null ? '' : String(context)),
    ...shown('model name in replies', named(replies.map(({ model }) => model))),
    ...shown('build in replies', named(replies.map(({ systemFingerprint }) => systemFingerprint))),
  ];
}
