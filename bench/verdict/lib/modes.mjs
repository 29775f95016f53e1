// What an auditor could see of a model, and how much of it: parts of one collection, as a smaller collection would have given it.
import { planContexts } from '../../../dist/esm/fingerprint/distributions/contexts.js';
import { shippedSuite } from '../../../dist/esm/index.js';

const EVERY = 1000;

export const MODES = {
  delivery: 'files, weights and everything a run shows',
  function: 'what a run shows: attention, log-probabilities, generation; no file is looked at',
  text: 'log-probabilities of passages under teacher forcing, 64 ids each',
  endpoint: 'the 20 most probable tokens after prefixes of the passages, as a server lists them',
};

const RUNS = ['attention-statistics', 'log-probabilities', 'generation', 'repetition', 'latency'];
const SEEN = {
  function: RUNS,
  text: ['log-probabilities'],
  endpoint: ['token-distributions'],
};

/** Evidence as an audit of this mode would hold it. The same mode of the same evidence is the same object. */
const known = new WeakMap();
export function inMode(evidence, mode) {
  const modes = known.get(evidence) ?? {};
  known.set(evidence, modes);
  modes[mode] ??= restricted(evidence, mode);
  return modes[mode];
}

function restricted(evidence, mode) {
  const { 'token-distributions': served, ...local } = evidence.probes;
  if (mode === 'delivery') return { ...evidence, probes: local };
  const all = mode === 'endpoint' ? { 'token-distributions': served } : local;
  const probes = Object.fromEntries(Object.entries(all).filter(([id]) => SEEN[mode].includes(id)));
  const kind = mode === 'endpoint' ? 'endpoint' : evidence.candidate.kind;
  return { ...evidence, candidate: { ...evidence.candidate, kind, digest: null }, probes };
}

/**
 * Evidence of fewer prompts, passages (both by id), scored tokens in all or contexts, as the smaller audit would have collected it.
 * Equal parts of the same evidence are the same objects.
 */
export function truncated(evidence, part) {
  const probes = Object.fromEntries(
    Object.entries(evidence.probes).map(([id, status]) =>
      status.status === 'ok' && CUT[id]
        ? [id, { ...status, data: cut(id, status.data, part) }]
        : [id, status],
    ),
  );
  return { ...evidence, probes };
}

const parts = new WeakMap();
function cut(id, data, part) {
  const { about, from } = CUT[id];
  const key = JSON.stringify(about.map((name) => part[name] ?? null));
  const made = parts.get(data) ?? new Map();
  parts.set(data, made);
  if (!made.has(key)) made.set(key, from(data, part));
  return made.get(key);
}

const byPrompt = (rows, prompts) => (prompts ? rows.filter(({ id }) => prompts.includes(id)) : rows);
const CUT = {
  'attention-statistics': {
    about: ['prompts'],
    from: (data, { prompts }) => ({ ...data, prompts: byPrompt(data.prompts, prompts) }),
  },
  generation: { about: ['prompts'], from: (data, { prompts }) => byPrompt(data, prompts) },
  repetition: { about: ['prompts'], from: (data, { prompts }) => byPrompt(data, prompts) },
  'log-probabilities': {
    about: ['passages', 'tokens'],
    from: (data, { passages, tokens = Number.POSITIVE_INFINITY }) => ({
      ...data,
      texts: firstTokens(byPrompt(data.texts, passages), tokens, data),
    }),
  },
  'token-distributions': {
    about: ['contexts'],
    from: (data, { contexts = data.contexts.length }) => ({
      ...data,
      contexts: asPlanned(data.contexts).slice(0, contexts),
    }),
  },
};

/** In the order in which a probe of one request per context asks, so that the first few spread over all passages. */
function asPlanned(contexts) {
  const order = new Map(planContexts(shippedSuite('quick').texts, EVERY).map(({ id }, at) => [id, at]));
  return [...contexts].sort((a, b) => order.get(a.id) - order.get(b.id));
}

function firstTokens(texts, tokens, { sampleIds }) {
  let left = tokens;
  return texts.flatMap((text) => {
    const kept = Math.min(left, text.target.length);
    left -= kept;
    if (kept === text.target.length) return [text];
    if (kept === 0) return [];
    const bytes = Buffer.from(text.sample, 'base64').subarray(0, kept * sampleIds.length * 2);
    return [
      {
        ...text,
        ids: text.ids.slice(0, kept + 1),
        target: text.target.slice(0, kept),
        argmax: text.argmax.slice(0, kept),
        sample: bytes.toString('base64'),
      },
    ];
  });
}
