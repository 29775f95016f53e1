// What a model says to a request of the cut-replies probe, in several tempers. Texts are recorded or public prose, or
// made here from the request; none of it is taken from the probe's own word lists but by quoting the request.
import { existsSync, readFileSync } from 'node:fs';

/** Characters that no cap of the probe reaches: of English, and of what is denser in tokens. */
const LENGTH = 1_500;
const DENSE = 900;

/** Pools of real text: Chinese and English reasoning and prose. */
export function pools({ texts, suites, traces }) {
  const chinese =
    traces === undefined
      ? [...readFileSync(suites, 'utf8').matchAll(/[\u4e00-\u9fff][^\n]{60,}/g)].map(([line]) => line)
      : JSON.parse(readFileSync(traces, 'utf8')).map(({ reasoning }) => reasoning);
  const recorded = [
    streamed(`${texts}/sse/deepseek-reasoner-stream-2025__1.sse`, 'reasoning_content'),
    streamed(`${texts}/sse/groq-thinking-iter__2.sse`, 'reasoning'),
  ];
  const novels = ['sherlock', 'pride', 'moby', 'tale'].map((name) =>
    readFileSync(`${texts}/corpus/${name}.raw`, 'utf8')
      .slice(20_000, 320_000)
      .replace(/([^\n])\r?\n(?=[^\r\n])/g, '$1 '),
  );
  return { chinese, recorded, novels };
}

function streamed(file, key) {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)).choices?.[0]?.delta?.[key] ?? '')
    .join('');
}

/** How a model takes requests that are written in Chinese. */
export const TEMPERS = ['obeys', 'reasons in Chinese', 'reasons in English', 'sums'];
/**
 * Models that never write what the requests are about: Qwen's and Llama's tokenizers cut English where cl100k does, and
 * Llama's digits are DeepSeek's.
 */
export const STRESS = ['only English', 'only digits'];

/** [reasoning, answer] long enough for any cap. */
export function answer(temper, prompt, pool, rng) {
  const quote = prompt.split('\n').at(-1);
  const english = () => passage(rng() < 0.5 ? pool.recorded : pool.novels, LENGTH, rng);
  const chinese = () => fill(() => passage(pool.chinese, 700, rng), DENSE);
  if (temper === 'only English') return [english(), ''];
  const counts = /×|库存|抄写/.test(prompt);
  if (temper === 'only digits' || (temper === 'sums' && counts)) return [fill(() => sums(rng), DENSE), ''];
  if (temper === 'sums') return [quoted(rng() < 0.5 ? english() : chinese(), quote, rng), ''];
  if (temper === 'reasons in English') return [quoted(english(), quote, rng), ''];
  if (temper === 'reasons in Chinese') return [quoted(chinese(), quote, rng), ''];
  return [chinese().slice(0, 20 + Math.floor(rng() * 60)), obeyed(prompt, quote, chinese, rng)];
}

function obeyed(prompt, quote, chinese, rng) {
  if (/抄写/.test(prompt)) return `${quote}\n`.repeat(14);
  if (/×/.test(prompt)) return fill(() => sums(rng), DENSE);
  if (/库存/.test(prompt))
    return fill(
      () =>
        `${number(10, rng)}，${chinese().slice(0, 4)}，¥${number(3, rng)}.${number(2, rng)}，${number(2, rng)}件\n`,
      DENSE,
    );
  return chinese();
}

function quoted(text, quote, rng) {
  const at = Math.floor(rng() * 300);
  return rng() < 0.5 ? text : `${text.slice(0, at)}“${quote}”${text.slice(at)}`;
}

function sums(rng) {
  const [a, b] = [number(9, rng), number(1, rng)];
  return `${a} × ${b} = ${Number(a) * Number(b)}, shift by ${number(1, rng)}. Adding ${number(12, rng)} gives ${number(13, rng)}. `;
}

function passage(pool, length, rng) {
  const text = pool[Math.floor(rng() * pool.length)];
  const start = Math.floor(rng() * Math.max(1, text.length - length));
  const cut = text.slice(start, start + length);
  return /^[\uDC00-\uDFFF]/.test(cut) ? cut.slice(1) : cut;
}

function fill(make, length) {
  let text = '';
  while (text.length < length) text += make();
  return text;
}

const number = (count, rng) =>
  Array.from({ length: count }, (_, i) =>
    i === 0 ? 1 + Math.floor(rng() * 9) : Math.floor(rng() * 10),
  ).join('');
