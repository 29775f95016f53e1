// Habits of servers and gateways in stating prompt tokens. A counter gives the tokens of a message, an overhead what is
// added to them; both may vary from request to request.
const of =
  (id) =>
  ({ message, ids }) =>
    message.counts[ids.indexOf(id)];
const bytes = (text) => Buffer.byteLength(text);
/** Chat formula of OpenAI's cookbook, which gateways use when they recount. */
const cookbook = (id) => (context) => of(id)(context) + 4 * context.form.length + 3;

export const COUNTERS = {
  'deepseek-v3': of('deepseek-v3'),
  'qwen2.5': of('qwen2.5'),
  'llama-3': of('llama-3'),
  'cl100k texts': of('cl100k'),
  'cl100k chat': cookbook('cl100k'),
  'o200k texts': of('o200k'),
  'o200k chat': cookbook('o200k'),
  'characters / 4': ({ message }) => Math.ceil(message.text.length / 4),
  'characters / 3.5': ({ message }) => Math.round(message.text.length / 3.5),
  'bytes / 4': ({ message }) => Math.ceil(bytes(message.text) / 4),
  'words × 4/3': ({ message }) => Math.round((message.text.split(/\s+/).length * 4) / 3),
  'words and marks': ({ message }) => (message.text.match(/\p{L}+|\p{N}|[^\p{L}\p{N}\s]/gu) ?? []).length,
  'a tenth more than cl100k': (context) => Math.round(1.1 * of('cl100k')(context)),
  'cl100k to the next ten': (context) => 10 * Math.ceil(of('cl100k')(context) / 10),
  // A tokenizer that is none of those known and splits one word in fifty differently from cl100k.
  'a relative of cl100k': (context) =>
    of('cl100k')(context) + poisson(of('cl100k')(context) / 50, context.rng),
  'cl100k now and then': (context) => of(context.rng() < 0.5 ? 'cl100k' : 'o200k')(context),
  nothing: () => 1,
};
export const HONEST_COUNTERS = Object.keys(COUNTERS).filter(
  (id) => !['deepseek-v3', 'qwen2.5', 'llama-3'].includes(id),
);

const template = { u: 3, su: 3, uau: 6 };
const whole = (rng, from, to) => from + Math.floor(rng() * (to - from + 1));

export const OVERHEADS = {
  constant:
    () =>
    ({ form }) =>
      template[form],
  'think prefix':
    () =>
    ({ form }) =>
      template[form] + 2,
  'hidden prompt': (rng) => {
    const hidden = whole(rng, 5, 3000);
    return ({ form }) => template[form] + hidden;
  },
  'two replicas':
    (rng) =>
    ({ form }) =>
      template[form] + (rng() < 0.5 ? 0 : 2),
  'three revisions':
    (rng) =>
    ({ form }) =>
      template[form] + [0, 2, 19][whole(rng, 0, 2)],
  'prompt replaced': (rng) => {
    const [before, after] = [whole(rng, 5, 500), whole(rng, 5, 500)];
    return ({ form, index, n }) => template[form] + (index < n / 2 ? before : after);
  },
  'date in the prompt': (rng) => {
    const days = Array.from({ length: 7 }, () => 40 + whole(rng, 0, 2));
    return ({ form, index, n }) => template[form] + days[Math.floor((7 * index) / n)];
  },
  'time in the prompt':
    (rng) =>
    ({ form }) =>
      template[form] + 40 + whole(rng, 0, 4),
  'retrieved texts':
    (rng) =>
    ({ form }) =>
      template[form] + (rng() < 0.5 ? 0 : whole(rng, 50, 2000)),
  'cached tokens left out':
    (rng) =>
    ({ form }) =>
      template[form] - (rng() < 0.3 ? 64 * whole(rng, 0, 2) : 0),
  'edges trimmed':
    () =>
    ({ message, ids, form }) =>
      template[form] +
      (message.trimmed
        ? message.trimmed[ids.indexOf('deepseek-v3')] - message.counts[ids.indexOf('deepseek-v3')]
        : 0),
  'odd ones':
    (rng) =>
    ({ form }) =>
      template[form] + (rng() < 0.1 ? whole(rng, -30, 300) : 0),
};

/** What servers state for answers, from the tokens of text and reasoning. */
export const ANSWERS = {
  'text and end': ({ text, reasoning }) => text + reasoning + 1,
  'without reasoning': ({ text }) => text + 1,
  'reasoning that is not kept': ({ text, reasoning, rng }) => text + reasoning + whole(rng, 50, 3000),
  // Models now and then write a word in other tokens than its own tokenizer would.
  'other tokens': ({ text, reasoning, rng }) => text + reasoning + poisson((text + reasoning) / 300, rng),
  'edges stripped': ({ text, reasoning, rng }) => text + reasoning + whole(rng, 0, 2),
};

function poisson(mean, rng) {
  let times = 0;
  for (let product = rng(); product > Math.exp(-mean); product *= rng()) times++;
  return times;
}
