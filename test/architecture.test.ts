import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const DOMAINS = ['attention', 'fingerprint', 'latency', 'text'];
const ANYTHING = 'anything';

/** What each part of src may import besides itself. A part is a folder, or a file directly in src. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | typeof ANYTHING>> = {
  core: [],
  stats: ['core'],
  formats: ['core'],
  ...Object.fromEntries(
    DOMAINS.map((domain) => [domain, ['core', 'stats', 'formats', 'weights', 'replies']]),
  ),
  replies: ['core', 'stats'],
  tap: ['core', 'formats'],
  weights: ['core', 'formats'],
  oms: ['core', 'formats'],
  io: ['core', 'stats', 'formats', 'tap'],
  sources: ['core', 'formats', 'tap', 'weights', 'io'],
  serve: ['core', 'formats'],
  profile: ['core', 'stats'],
  verdict: ['core', 'stats'],
  report: ['core', 'stats'],
  registry: ['core', 'replies', ...DOMAINS],
  api: [
    'core',
    'stats',
    'formats',
    ...DOMAINS,
    'oms',
    'replies',
    'serve',
    'io',
    'sources',
    'profile',
    'verdict',
    'report',
    'registry',
  ],
  index: ['api', 'core', 'profile', 'registry', 'report', 'sources'],
  testing: ['api', 'core', 'index', 'report'],
  cli: ANYTHING,
};

const EFFECTS = /^(node:)?(fs|net|http|https|http2|tls|dgram|child_process)(\/|$)|^onnxruntime-node$/;
const MAX_LINES = 300;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.[cm]?ts$/.test(path))
  .sort()
  .map((path) => {
    const text = readFileSync(join(ROOT, 'src', path), 'utf8');
    const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    return { path, text, imports };
  });

const partOf = (path: string): string => path.split('/')[0]?.replace(/\.[cm]?[jt]s$/, '') ?? '';
const within = (path: string, ...places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`));

function forbiddenEdges({ path, imports }: Source): string[] {
  const from = partOf(path);
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [`${path}: no rule says what ${from} may import`];
  return imports
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name))
    .filter((target) => partOf(target) !== from && allowed !== ANYTHING && !allowed.includes(partOf(target)))
    .map((target) => `${path} -> ${target}`);
}

test('the sources are found, and their imports with them', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.find(({ path }) => path === 'index.ts')?.imports).toContain('./api/audit.js');
  expect(sources.find(({ path }) => path === 'io/runtime/session.ts')?.imports).toContain('onnxruntime-node');
});

describe('direction of imports', () => {
  test('every edge is allowed', () => {
    expect(sources.flatMap(forbiddenEdges)).toEqual([]);
  });

  test('only io, the server, the command line and the shipped assets reach files, sockets, processes and the runtime', () => {
    const reaching = sources.flatMap(({ path, imports }) =>
      imports.filter((name) => EFFECTS.test(name)).map((name) => ({ path, edge: `${path} -> ${name}` })),
    );
    const forbidden = reaching.filter(({ path }) => !within(path, 'io', 'serve', 'cli', 'api/assets.ts'));
    expect(forbidden.map(({ edge }) => edge)).toEqual([]);
  });

  test('only the command line, the runtime host and the endpoint key read the environment', () => {
    const reading = sources.filter(
      ({ text, imports }) => /\bprocess\s*\.\s*env\b/.test(text) || imports.includes('node:process'),
    );
    const forbidden = reading.filter(
      ({ path }) => !within(path, 'cli', 'io/runtime/host.ts', 'io/endpoint/api-key.ts'),
    );
    expect(forbidden.map(({ path }) => path)).toEqual([]);
  });
});

describe('shape of files', () => {
  test(`no file has more than ${MAX_LINES} lines`, () => {
    const long = sources.filter(({ text }) => text.trimEnd().split('\n').length > MAX_LINES);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('only probes and signals have a default export', () => {
    const forbidden = sources.filter(
      ({ path, text }) =>
        /^export default |\bas default\b/m.test(text) && !/^\w+\/(probes|signals)\/[\w-]+\.ts$/.test(path),
    );
    expect(forbidden.map(({ path }) => path)).toEqual([]);
  });
});

describe('what is generated', () => {
  test('every signal has a page', () => {
    const signals = sources.filter(({ path }) => /^\w+\/signals\/[\w-]+\.ts$/.test(path));
    expect(signals.length).toBeGreaterThan(0);
    const missing = signals
      .map(({ path }) => `docs/signals/${basename(path, '.ts')}.md`)
      .filter((page) => !existsSync(join(ROOT, page)));
    expect(missing).toEqual([]);
  });

  test('the registry and the pages are what npm run generate would write', () => {
    const check = (): Buffer =>
      execFileSync(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: ROOT, stdio: 'pipe' });
    expect(check).not.toThrow();
  });
});
