// Times attention in a process of its own: node attention-worker.mjs STYLE TOKENS VOCABULARY ROUNDS FOLDER
// Prints one JSON line per comparison with the plain forward pass: CPU milliseconds of alternating runs.
import { alternate, ratioOf } from './alternate.mjs';
import { styleSessions } from './attention-sessions.mjs';

const [style, tokens, vocabulary, rounds, folder] = process.argv
  .slice(2)
  .map((text, at) => (at > 0 && at < 4 ? Number(text) : text));
const sessions = await styleSessions(style, { tokens, vocabulary, folder });

const plain = cpu(await sessions.plain());
await compare('statistics and logits', cpu(await sessions.tapped({ keep: ['logits'] })));
await compare('statistics alone', cpu(await sessions.tapped({})));
if (style === 'softmax') {
  const similar = await sessions.tapped({ keep: ['logits'], similarity: true });
  await compare('with head similarity', cpu(similar));
  await compare('maps to JavaScript', cpu(await sessions.maps(), entropies));
}

async function compare(name, run) {
  const pairs = await alternate(plain, run, { rounds, warmUp: 1 });
  console.log(JSON.stringify({ name, ...ratioOf(pairs) }));
}

/** Processor time of one run: other load on the machine is not in it. */
function cpu(opened, use = () => undefined) {
  return async () => {
    const before = process.cpuUsage();
    use(await opened.run(sessions.feeds));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** What a caller does who gets the maps: −Σ p·log2 p of every query. */
function entropies(outputs) {
  const rows = [];
  for (const [name, { data, dims }] of Object.entries(outputs)) {
    if (!name.startsWith('attentions')) continue;
    const keys = dims[3];
    for (let row = 0; row < data.length; row += keys) {
      let bits = 0;
      for (let at = row; at < row + keys; at++) if (data[at] > 0) bits -= data[at] * Math.log2(data[at]);
      rows.push(bits);
    }
  }
  return rows;
}
