// What the npm package llm-fingerprint makes of the zoo's models, each behind `assay serve`, when they are sold as full-1.
//
//   node bench/verdict/llm-fingerprint.mjs --zoo DIR [--split build,calibration] [--families verse,ledger]
//     [--llm-fingerprint DIR] [--samples N]
//
// After npm run build. Without --llm-fingerprint the package is installed into a temporary folder from the npm registry.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from '../../dist/esm/index.js';
import { chosenFamilies, FAMILY_OPTIONS } from './lib/own-families.mjs';
import { openRival } from './lib/rival-package.mjs';
import { report } from './lib/rival-report.mjs';
import { truthOf } from './lib/zoo.mjs';

const CLAIM = 'full-1';
const truth = (model) => truthOf(model, { name: CLAIM });

/**
 * All ask its 15 English questions. The first is what its commands do: `probe` for references, `verify` for candidates.
 * Models of the zoo answer with prose, no two such answers are equal, and every distance is 1. So the others, which only
 * its API offers, are what suits it best: one token an answer, and almost greedy answers. (At temperature 0 itself its
 * `match` looks for cells of temperature 1 and finds none.)
 */
const SETTINGS = [
  { name: 'as its commands ask', maxTokens: 16, temperature: 1, referenceReps: 30, reps: 16 },
  { name: 'one token an answer', maxTokens: 1, temperature: 1, referenceReps: 120, reps: 40 },
  { name: 'almost greedy', maxTokens: 16, temperature: 0.01, referenceReps: 3, reps: 3 },
];

/**
 * Score the rival on every family: its references are full-1, full-2 and the first relative of each kind, beside the
 * models it ships; candidates are new samples of the references and one other model per way of making it.
 *
 * @param families as familiesOf gives them
 * @param folder unpacked package; installed for this run where absent
 * @param samples probes of each candidate, but one where the commands' setting can say nothing
 */
export async function llmFingerprint({
  families,
  folder,
  samples = 2,
  log = console.log,
  style = { markdown: true },
}) {
  const rival = await openRival(folder);
  try {
    const settings = SETTINGS.map((setting) => ({ ...setting, answers: [], requests: 0, failures: 0 }));
    for (const { name: family, members } of families) {
      const references = chosenReferences(members);
      const candidates = chosenCandidates(members, references);
      for (const setting of settings) {
        const times = setting === settings[0] ? 1 : samples;
        await scoreFamily({ rival, family, references, candidates, setting, times });
        console.error(`llm-fingerprint: ${family}, ${setting.name}: ${candidates.length} candidates`);
      }
    }
    const figures = { name: 'llm-fingerprint', version: rival.version, settings };
    log(report(figures, style));
    return figures;
  } finally {
    rival.close();
  }
}

/** The claim, an independent model of its shape, and the first relative of each kind. */
function chosenReferences(models) {
  const of = (kind) => models.find((model) => model.kind === kind && model.of === CLAIM);
  const named = (name) => models.find((model) => model.name === name);
  const relatives = ['distilled', 'quantized', 'pruned', 'finetuned'].map(of);
  return [named(CLAIM), named('full-2'), ...relatives].filter(Boolean);
}

/** The references again, and the first other model of each truth, making and precision. */
function chosenCandidates(models, references) {
  const seen = new Set();
  const others = models.filter((model) => {
    const { kind, how } = truth(model);
    const key = [kind, how, model.how, model.form].join();
    if (references.includes(model) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return [...references, ...others];
}

async function scoreFamily({ rival, family, references, candidates, setting, times }) {
  const { FingerprintDB, match } = rival.library;
  // Without its own models the file is absent, and `load` reads nothing.
  const db = new FingerprintDB(rival.bundled ?? '', { temperatures: [setting.temperature] });
  db.load();
  for (const model of references) {
    const { cells } = await probed(rival, model, setting, setting.referenceReps);
    db._ingest(cells.map((cell) => ({ ...cell, model: `${family}/${model.name}` })));
  }
  for (const model of candidates) {
    for (let sample = 0; sample < times; sample++) {
      const result = await probed(rival, model, setting, setting.reps);
      setting.requests += result.requests;
      setting.failures += result.failures;
      const found = match(db, result, { topK: Number.POSITIVE_INFINITY });
      setting.answers.push({
        family,
        model: model.name,
        ...answerOf(rival, found, { family, model, references }),
      });
    }
  }
}

async function probed({ library }, { name, path }, { maxTokens, temperature }, reps) {
  const server = await serve(path, { model: name });
  try {
    const endpoint = String(server.url).replace(/\/$/, '');
    return await library.probe({
      endpoint,
      apiKey: 'none',
      model: name,
      reps,
      languages: ['en'],
      maxTokens,
      temperature,
    });
  } finally {
    await server.close();
  }
}

/**
 * What it says of one candidate: the kind of the model it finds nearest, how sure it is, and what `verify` says to the
 * claim. `verify` looks for the claim among the five nearest alone; here it is found wherever it stands.
 */
function answerOf({ library }, found, { family, model, references }) {
  const claimed = `${family}/${CLAIM}`;
  const reference = references.find(({ name }) => `${family}/${name}` === found.candidates[0]?.model);
  const jsd = found.candidates.find((candidate) => candidate.model === claimed)?.mean_jsd;
  const verified = jsd === undefined ? 'failed' : library.verificationVerdict(jsd, claimed, null).status;
  const { kind } = truth(model);
  return {
    truth: kind,
    source: kind === 'full' ? CLAIM : model.name,
    known: kind === 'full' || references.includes(model),
    nearest: reference?.name ?? found.candidates[0]?.model ?? 'none',
    named: reference ? truth(reference).kind : found.candidates.length > 0 ? 'shipped' : 'none',
    confidence: found.verdict.confidence,
    verified,
    jsd: jsd ?? null,
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const own = { 'llm-fingerprint': { type: 'string' }, samples: { type: 'string', default: '2' } };
  const { values } = parseArgs({ options: { ...FAMILY_OPTIONS, ...own } });
  await llmFingerprint({
    families: chosenFamilies(values),
    folder: values['llm-fingerprint'],
    samples: Number(values.samples),
  });
}
