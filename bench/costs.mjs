import { collect } from '../dist/esm/index.js';
import { median } from './lib/alternate.mjs';
import { fixture, LIMITS, openHost, prompt } from './lib/host.mjs';

const AUDITED = [
  'quill/full-1',
  'quill/full-1-f16',
  'quill/full-1-int8',
  'folio/full-1',
  'folio/full-1-attn',
];
const ROUND_TRIPS = 200;

/** What isolation and a whole audit cost, in milliseconds. Plain times: there is nothing to compare them with. */
export async function costs({ rounds, cost }) {
  await isolation({ rounds, cost });
  for (const name of AUDITED) cost(`audit ${name}, quick suite`, await probeTimes(name));
}

async function isolation({ rounds, cost }) {
  const samples = { start: [], session: [], trip: [], statistics: [] };
  const ids = prompt(256, 1024);
  for (let round = 0; round < rounds; round++) {
    const host = await openHost(fixture('quill/full-1'));
    const timed = (operation, args) => time(() => host.call(operation, args, LIMITS));
    samples.start.push(await timed('decode', { ids: [] }));
    samples.session.push(await timed('describe', {}));
    const trips = [];
    for (let i = 0; i < ROUND_TRIPS; i++) trips.push(await timed('decode', { ids: [] }));
    samples.trip.push(median(trips));
    await timed('attention', { ids });
    const whole = [];
    for (let i = 0; i < 9; i++) {
      const { ms } = await host.call('forward', { ids, outputs: 'attention' }, LIMITS);
      whole.push((await timed('attention', { ids })) - ms);
    }
    samples.statistics.push(median(whole));
    await host.close();
  }
  cost('child process', {
    'start with tokenizer': median(samples.start),
    'open session': median(samples.session),
    'empty round trip': median(samples.trip),
    'attention over IPC': median(samples.statistics),
  });
}

async function time(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function probeTimes(name) {
  const times = {};
  let started = 0;
  const onProgress = ({ type, probe }) => {
    if (type === 'probe-start') started = performance.now();
    if (type === 'probe-end') times[probe] = performance.now() - started;
  };
  const whole = await time(() => collect(fixture(name), { onProgress }));
  return { whole, ...times };
}
