// Evidence of a folder, collected once per digest, tool, probes and options, and kept as JSON.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { seededRng } from '../../../dist/esm/core/rng.js';
import { canonicalJson, collect, PROBES } from '../../../dist/esm/index.js';

/** Everything a delivery shows, and what a server that lists its most probable tokens would say of the same model. */
const NEEDS_LOCAL = new Set(['chat', 'service', 'stacks', 'log']);
export const BENCH_PROBES = PROBES.filter(({ requires }) => !requires.some((name) => NEEDS_LOCAL.has(name)));
const WEIGHTLESS = BENCH_PROBES.filter(({ reads }) => reads !== 'weights');

/** Runs of a reference as buildProfile makes them: its own seeds, and weights read by the first run alone. */
export const REFERENCE_RUNS = [
  { seed: 0, threads: 0, probes: BENCH_PROBES },
  { seed: 1, threads: 0, probes: WEIGHTLESS },
];
/** An audit of a candidate, with a seed and threads that no reference was measured with. */
export const AUDIT = { seed: 99, threads: 1, probes: BENCH_PROBES };
/** Further audits of genuine models. */
export function repeats(count) {
  const rng = seededRng(20);
  return Array.from({ length: count }, (_, at) => ({
    seed: Math.floor(rng() * 2 ** 31),
    threads: at % 2 === 0 ? 2 : 1,
    probes: BENCH_PROBES,
  }));
}

export class EvidenceStore {
  #folder;
  #digests = new Map();
  #held = new Map();
  /** Collections made, and seconds they took. */
  collected = 0;
  seconds = 0;

  constructor(folder) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  async get(path, { seed, threads, probes }) {
    const { name, version } = TOOL;
    const key = createHash('sha256')
      .update(
        canonicalJson({
          files: this.#digestOf(path),
          tool: `${name} ${version}`,
          probes: probes.map(({ id, version: v }) => `${id} ${v}`),
          seed,
          threads,
        }),
      )
      .digest('hex')
      .slice(0, 32);
    const held = this.#held.get(key);
    if (held) return held;
    const file = join(this.#folder, `${key}.json`);
    const evidence = existsSync(file)
      ? JSON.parse(readFileSync(file, 'utf8'))
      : await this.#collect(path, file, { seed, threads, probes });
    this.#held.set(key, evidence);
    return evidence;
  }

  async #collect(path, file, options) {
    const started = performance.now();
    let evidence = await collect(path, { ...options, likeEndpoint: true });
    // A machine that was busy with something else says nothing of the model: what fails twice is used, and not kept.
    if (failed(evidence)) evidence = await collect(path, { ...options, likeEndpoint: true });
    if (failed(evidence)) {
      process.stderr.write(`${path}: ${failed(evidence)}, which is not kept\n`);
      return evidence;
    }
    writeFileSync(`${file}.part`, JSON.stringify(evidence));
    renameSync(`${file}.part`, file);
    this.collected++;
    this.seconds += (performance.now() - started) / 1000;
    return evidence;
  }

  /** Over every file: a configuration or tokenizer changes evidence as weights do. */
  #digestOf(path) {
    const known = this.#digests.get(path);
    if (known) return known;
    const hash = createHash('sha256');
    for (const file of filesOf(path)) {
      hash
        .update(`${relative(path, file)}\0`)
        .update(createHash('sha256').update(readFileSync(file)).digest());
    }
    const digest = hash.digest('hex');
    this.#digests.set(path, digest);
    return digest;
  }
}

/** Probes that failed and why; empty where none did. */
const failed = ({ probes }) =>
  Object.entries(probes)
    .flatMap(([id, { status, error }]) => (status === 'failed' ? [`${id} failed (${error.code})`] : []))
    .join(', ');

const TOOL = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
