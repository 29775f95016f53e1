// What following a generation costs: processor time of the runtime child per 500 tokens of the smallest fixture (0.4 ms
// a token, the worst case), with and without a listener, in turns. Linux only. Wall time means nothing on a busy machine.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openCandidate } from '../../dist/esm/sources/open.js';

const ROUNDS = 30;
const source = await openCandidate(
  fileURLToPath(new URL('../../fixtures/models/quill/full-1', import.meta.url)),
  {
    threads: 1,
  },
);
const generate = (onToken) =>
  source.capabilities.sampling.generate([5, 6, 7], { maxNewTokens: 500, ignoreEos: true }, onToken);
await generate();

const parentOf = (pid) => {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
  } catch {
    return undefined;
  }
};
const child = readdirSync('/proc').find((name) => /^\d+$/.test(name) && parentOf(name) === process.pid);
const cpuMs = () =>
  readdirSync(`/proc/${child}/task`)
    .map((task) => Number(readFileSync(`/proc/${child}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0);

const spent = { alone: [], followed: [] };
for (let round = 0; round < ROUNDS; round++)
  for (const side of round % 2 ? ['alone', 'followed'] : ['followed', 'alone']) {
    const before = cpuMs();
    await generate(side === 'followed' ? () => undefined : undefined);
    spent[side].push(cpuMs() - before);
  }
await source.close();
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const [alone, followed] = [median(spent.alone), median(spent.followed)];
console.log(
  `alone ${alone.toFixed(1)} ms, followed ${followed.toFixed(1)} ms, ratio ${(followed / alone).toFixed(3)}`,
);
