// A server in process: whose tokens it generates, where it cuts and how it hands text out. Real tokenizers.
import { answer } from './writer.mjs';

export const EDGES = [
  'token',
  'merged',
  'bursts',
  'eight characters',
  'characters',
  'words',
  'segmented',
  'cl100k',
  'whole',
];
export const CUTS = [
  'own',
  'characters',
  'unrelated',
  'cl100k',
  'o200k',
  'own, hidden reasoning',
  'own, unsaid',
  'own, some stop',
];

/** A token in a thousand is not the one its tokenizer gives: of a recorded R1, 2 of 951. */
const ODD = 0.002;
const SEGMENTER = new Intl.Segmenter('zh', { granularity: 'word' });

export function cutServer({ stack, temper, edges, cut, bias, hiddenTokens, pool, refused, stacks }, rng) {
  return {
    reply: async ({ messages, maxTokens, logitBias }) => {
      const prompt = messages.at(-1).content;
      if (logitBias !== undefined) {
        if (bias === 'refused') throw refused();
        const id = Number(Object.keys(logitBias)[0]);
        const text =
          bias === 'obeyed'
            ? Buffer.from(stack.bytes(id)).toString()
            : ['The', 'Winter', 'A', 'Okay'][Math.floor(rng() * 4)];
        return reply('', text, [[text, 'text']], 'length');
      }
      const [reasoning, text] = answer(temper, prompt, pool, rng);
      if (cut === 'own, some stop' && rng() < 0.5) {
        const short = text.slice(0, 40 + Math.floor(rng() * 150)) || reasoning.slice(0, 150);
        return handOut('', short, 'stop');
      }
      const [shown, rest] = cutAt(reasoning, text, maxTokens);
      const hidden = cut === 'own, hidden reasoning';
      return handOut(hidden ? '' : shown, rest, cut === 'own, unsaid' ? null : 'length');
    },
  };

  function cutAt(reasoning, text, maxTokens) {
    if (cut === 'characters') {
      const kept = [...(reasoning + text)].slice(0, maxTokens).join('');
      return split(kept, reasoning);
    }
    const budget = cut === 'unrelated' ? Math.round(maxTokens * (0.5 + 2 * rng())) : maxTokens - hiddenTokens;
    const first = spend(reasoning, budget);
    const left = budget - first.used - (text === '' ? 0 : 2);
    return [first.text, first.cut || left <= 0 ? '' : spend(text, left).text];
  }

  function spend(text, budget) {
    const ends = (stacks[cut] ?? stack).ends(text);
    let used = 0;
    let i = 0;
    for (; i < ends.length && used < budget; i++) used += rng() < ODD ? 2 : 1;
    if (i >= ends.length) return { text, used, cut: false };
    const bytes = Buffer.from(text).subarray(0, ends[i - 1]);
    return { text: bytes.toString('utf8').replace(/\uFFFD+$/, ''), used, cut: true };
  }

  function split(kept, reasoning) {
    return [kept.slice(0, reasoning.length), kept.slice(reasoning.length)];
  }

  function handOut(reasoning, text, finish) {
    const parts = [
      ...pieces(reasoning).map((part) => [part, 'reasoning']),
      ...pieces(text).map((part) => [part, 'text']),
    ];
    return reply(reasoning, text, parts, finish);
  }

  function pieces(text) {
    if (text === '') return [];
    if (edges === 'whole') return [text];
    if (edges === 'eight characters') return text.match(/.{1,8}/gsu);
    if (edges === 'cl100k') return tokens(text, stacks.cl100k);
    if (edges === 'characters') return [...text];
    if (edges === 'words') return text.split(/(?<=\s)/);
    if (edges === 'segmented') return [...SEGMENTER.segment(text)].map(({ segment }) => segment);
    return tokens(text, stack);
  }

  function tokens(text, by) {
    const bytes = Buffer.from(text);
    const ends = by.ends(text);
    const keep = edges === 'token' || edges === 'cl100k' ? 1 : edges === 'merged' ? 1 / 2.2 : 1 / 12;
    const out = [];
    let start = 0;
    for (const [i, end] of [...ends].entries()) {
      const whole = end === bytes.length || (bytes[end] & 0xc0) !== 0x80;
      if (i < ends.length - 1 && (!whole || rng() > keep)) continue;
      out.push(bytes.toString('utf8', start, end));
      start = end;
    }
    if (start < bytes.length) out.push(bytes.toString('utf8', start));
    return out;
  }
}

function reply(reasoning, text, parts, finish) {
  return {
    text,
    reasoning,
    finish,
    usage: null,
    model: null,
    systemFingerprint: null,
    tokens: null,
    deltas: parts.map(([part, channel]) => ({ atMs: 0, channel, text: part })),
    timing: { headersMs: 0, endMs: 0 },
    quirks: [],
  };
}
