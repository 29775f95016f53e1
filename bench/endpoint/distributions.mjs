// How far copies, relatives and strangers lie from a model by token distributions of raw prefixes and of greedy
// answers, and how surely each class is told from genuine deliveries within a number of scored tokens.
//
//   node bench/endpoint/distributions.mjs [RELATIVES] [--keep FOLDER]      (after npm run build)
//
// RELATIVES holds FAMILY/NAME~RELATION folders, as scripts/fixtures/export_relatives.py writes them; without it the
// committed fixtures alone are compared. Evidence is kept in FOLDER and used again. Everything runs the real models.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareDistributions, pairTop } from '../../dist/esm/fingerprint/distributions/compare.js';
import { pairReplies } from '../../dist/esm/fingerprint/distributions/reply-contexts.js';
import { collect } from '../../dist/esm/index.js';

const { values, positionals } = parseArgs({ options: { keep: { type: 'string' } }, allowPositionals: true });
const fixtures = new URL('../../fixtures/models/', import.meta.url).pathname;
const BUDGETS = [12, 60, 300];
const DRAWS = 400;

const evidence = new Map();
for (const root of [fixtures, ...positionals]) {
  for (const family of ['quill', 'folio']) {
    if (!existsSync(join(root, family))) continue;
    for (const name of readdirSync(join(root, family)).filter((each) => !each.endsWith('.md')))
      evidence.set(`${family}/${name}`, await evidenceOf(join(root, family, name), `${family}+${name}`));
  }
}

async function evidenceOf(path, file) {
  const kept = values.keep && join(values.keep, `${file}.json`);
  if (kept && existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const shared = { likeEndpoint: true, hash: false };
  const prefixes = await collect(path, { ...shared, suite: 'deep', only: ['token-distributions'] });
  const answers = await collect(path, { ...shared, suite: 'standard', only: ['greedy-replies'] });
  const data = {
    distributions: prefixes.probes['token-distributions'].data,
    replies: answers.probes['greedy-replies'].data,
  };
  if (kept) {
    mkdirSync(values.keep, { recursive: true });
    writeFileSync(kept, JSON.stringify(data));
  }
  return data;
}

/** What a model is to a reference, or null where the pair belongs to no class of the table. */
function relation(candidate, reference) {
  const [rootA, relA = ''] = candidate.split('~');
  const [rootB] = reference.split('~');
  const plain = (name) => name.replace(/-(f16|int8|attn)$/, '');
  const suffix = /-(f16|int8|attn)$/.exec(rootA)?.[1];
  if (plain(rootA) === rootB) {
    if (relA === '') return suffix === 'int8' ? 'int8, dynamic' : suffix ? 'genuine: another export' : null;
    const copies = {
      f16: 'genuine: F16',
      bf16: 'genuine: BF16',
      '8bit': 'int8, groups of 32',
      '8bit-row': 'int8, rows',
    };
    const others = {
      '4bit': 'int4, groups of 32',
      '3bit': 'int3, groups of 32',
      tuned: 'fine-tuned, light',
      heavy: 'fine-tuned, heavy',
    };
    return (
      copies[relA] ??
      others[relA] ??
      (relA.startsWith('merged') ? 'merged with a fine-tune' : relA.startsWith('pruned') ? 'pruned' : null)
    );
  }
  if (relA !== '' || suffix) return null;
  const teacher = (name) => /(full|student)-(\d)/.exec(name)?.[2];
  const isStudent = (name) => name.includes('student');
  if (isStudent(rootA) !== isStudent(rootB) && teacher(rootA) && teacher(rootA) === teacher(rootB))
    return 'student or teacher';
  if (isStudent(rootA) && isStudent(rootB) && teacher(rootA) === teacher(rootB))
    return 'sibling: student of the same teacher';
  return rootA.includes('alien') ? 'other data' : 'independent training';
}

const rng = (() => {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
})();
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

function pairsOf(a, b) {
  const theirs = new Map(b.distributions.contexts.map((context) => [context.id, context]));
  return a.distributions.contexts.flatMap((context) => {
    const other = theirs.get(context.id);
    const pair = other && pairTop(context, other);
    return pair ? [pair] : [];
  });
}

function agreementOf(a, b) {
  const theirs = new Map(b.replies.map((reply) => [reply.id, reply.text]));
  const common = a.replies.map(({ id, text }) => {
    const other = theirs.get(id) ?? '';
    let at = 0;
    while (at < text.length && at < other.length && text[at] === other[at]) at++;
    return { at, parted: at < Math.min(text.length, other.length) };
  });
  const equal = common.reduce((sum, { at }) => sum + at, 0);
  return (equal + 1) / (common.filter(({ parted }) => parted).length + 1);
}

const rows = [];
for (const reference of evidence.keys()) {
  if (!/^(quill|folio)\/(full-\d|student-1a)$/.test(reference)) continue;
  for (const candidate of evidence.keys()) {
    if (candidate === reference || candidate.split('/')[0] !== reference.split('/')[0]) continue;
    const kind = relation(candidate, reference);
    if (kind === null) continue;
    const [a, b] = [evidence.get(candidate), evidence.get(reference)];
    const pairs = pairsOf(a, b);
    const chat = pairReplies(a.replies ?? [], b.replies ?? []);
    const drawn = BUDGETS.map((budget) =>
      Array.from({ length: DRAWS }, () =>
        mean(Array.from({ length: budget }, () => pairs[Math.floor(rng() * pairs.length)].distance)),
      ),
    );
    const whole = compareDistributions(pairs);
    rows.push({
      kind,
      reference,
      candidate,
      ...whole,
      chat: chat.length > 0 ? mean(chat.map(({ distance }) => distance)) : null,
      chatTokens: chat.length,
      agreement: agreementOf(a, b),
      drawn,
    });
  }
}

function auc(low, high) {
  const sorted = [...low].sort((a, b) => a - b);
  let below = 0;
  for (const value of high) {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (sorted[middle] < value) from = middle + 1;
      else to = middle;
    }
    below += from;
  }
  return below / (low.length * high.length);
}

const range = (list, digits) => `${Math.min(...list).toFixed(digits)} … ${Math.max(...list).toFixed(digits)}`;
const classes = [...new Set(rows.map(({ kind }) => kind))].sort(
  (a, b) =>
    mean(rows.filter(({ kind }) => kind === a).map(({ distance }) => distance)) -
    mean(rows.filter(({ kind }) => kind === b).map(({ distance }) => distance)),
);
const near = rows.filter(({ kind }) => kind === 'genuine: another export' || kind === 'genuine: F16');
const genuine = rows.filter(({ kind }) => kind.startsWith('genuine'));
console.log(
  `${evidence.size} models, ${rows.length} pairs; AUC against exports and F16 | with BF16 among the genuine, at ${BUDGETS.join(', ')} tokens\n`,
);
console.log(
  '| class | pairs | mean abs Δ log p | unexplained by a sampler | greedy answers | equal characters per parting | AUC, F16 and exports | AUC, BF16 too |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const kind of classes) {
  const own = rows.filter((row) => row.kind === kind);
  const aucs = (base) =>
    BUDGETS.map((_, i) =>
      auc(
        base.flatMap(({ drawn }) => drawn[i]),
        own.flatMap(({ drawn }) => drawn[i]),
      ).toFixed(4),
    ).join(' ');
  const chat = own.flatMap(({ chat: value }) => (value === null ? [] : [value]));
  const share = own.map(({ rescaled, distance }) => rescaled / distance);
  const isGenuine = kind.startsWith('genuine');
  console.log(
    `| ${kind} | ${own.length} | ${range(
      own.map(({ distance }) => distance),
      4,
    )} | ${range(share, 2)} | ${chat.length ? range(chat, 4) : '-'} | ${range(
      own.map(({ agreement }) => agreement),
      0,
    )} | ${isGenuine ? '-' : aucs(near)} | ${isGenuine ? '-' : aucs(genuine)} |`,
  );
}
const within = (base, classKind) => {
  const names = new Set(rows.map(({ reference }) => reference));
  return [...names].flatMap((reference) => {
    const low = base.filter((row) => row.reference === reference);
    const high = rows.filter((row) => row.kind === classKind && row.reference === reference);
    return low.length && high.length
      ? [
          auc(
            low.flatMap(({ drawn }) => drawn.at(-1)),
            high.flatMap(({ drawn }) => drawn.at(-1)),
          ),
        ]
      : [];
  });
};
console.log('\nAUC per reference at 300 tokens, BF16 among the genuine, least of all references:');
for (const kind of classes.filter((each) => !each.startsWith('genuine'))) {
  const found = within(genuine, kind);
  if (found.length > 0)
    console.log(`  ${kind}: ${Math.min(...found).toFixed(4)} (${found.length} references)`);
}
