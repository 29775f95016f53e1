import { type Evidence, loadProfile, type ReferenceProfile, score, writeProfile } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { readProfile } from '../../src/profile/load.js';

const yaml = (extra: string, variant = ''): string => `
schema: profile/1
id: p
sources: {hub: {what: a hub}}
${extra}
variants:
  full:
    kind: full
    facts: {layers: 4}
    digests: []
    runs: []
${variant}`;
const message = (text: string): string => {
  try {
    readProfile(text, '"p"');
  } catch (error) {
    expect(error).toMatchObject({ code: 'PROFILE_INVALID' });
    return String(error);
  }
  return '';
};

describe('a profile of public facts', () => {
  it('needs no suite', () => {
    expect(readProfile(yaml(''), '"p"').suite).toBeUndefined();
  });

  it('needs one as soon as something was measured', () => {
    const run = '    runs: [{artifact: a, seed: 0, environment: {}, probes: {}}]';
    expect(message(yaml('').replace('    runs: []', run))).toContain('runs need the suite');
  });

  it('cites known sources only', () => {
    expect(message(yaml('', '    cited: {layers: [elsewhere]}'))).toContain(
      '"elsewhere" is not among the sources',
    );
    expect(message(yaml('', '    cited: {layers: [__proto__]}'))).toContain('"__proto__" is not among');
    const file = `    files: [{name: a, sha256: ${'a'.repeat(64)}, source: mirror, confidence: low}]`;
    expect(message(yaml('', file))).toContain('"mirror" is not among the sources');
  });

  it('cites and doubts facts it states', () => {
    expect(message(yaml('', '    cited: {heads: [hub]}'))).toContain('"heads" is cited or unconfirmed');
    expect(message(yaml('', '    unconfirmed: [heads]'))).toContain('"heads" is cited or unconfirmed');
  });

  it('lists files by name, not by path', () => {
    const file = `    files: [{name: ../a, sha256: ${'a'.repeat(64)}, source: hub, confidence: low}]`;
    expect(message(yaml('', file))).toContain('expected a file name without folders');
  });
});

const EVIDENCE = {
  schema: 'evidence/1',
  tool: { name: 'model-assay', version: '0' },
  candidate: { kind: 'onnx', label: 'a', digest: null },
  collectedAt: '2026-01-01T00:00:00.000Z',
  environment: {},
  seed: 0,
  suite: { id: 's', tier: 'quick', sha256: 'a' },
  warnings: [],
} as const;

describe('calibration', () => {
  const RUN = '    runs: [{artifact: a, seed: 0, environment: {}, probes: {}}]';
  const SUITE = 'suite: {id: s, tier: quick, sha256: a}';
  const measured = (calibration: string): string =>
    yaml(`${SUITE}\ncalibration: ${calibration}`).replace('    runs: []', RUN);

  it('may be absent, as in profiles of before', () => {
    expect(readProfile(yaml(SUITE).replace('    runs: []', RUN), '"p"').calibration).toBeUndefined();
  });

  it('is read', () => {
    expect(readProfile(measured('{a: {runs: 2, noise: 0.5, power: {full: 3}}}'), '"p"').calibration).toEqual({
      a: { runs: 2, noise: 0.5, power: { full: 3 } },
    });
  });

  it.each([
    'runs: 0',
    'runs: 1.5',
    'runs: .inf',
    'noise: -1',
    'noise: .nan',
    'noise: .inf',
    'noise: 1e300',
    'noise: "2"',
    'noise: null',
    'power: {full: -1}',
    'power: {full: .nan}',
    'power: {full: 1e7}',
    'power: [1]',
    'power: 1',
  ])('with %s is refused', (change) => {
    const [key] = change.split(':');
    const fields = { runs: 'runs: 2', noise: 'noise: 0.5', power: 'power: {full: 3}' };
    const others = Object.entries(fields).flatMap(([name, text]) => (name === key ? [] : [text]));
    expect(message(measured(`{a: {${[...others, change].join(', ')}}}`))).toContain('calibration.a');
  });

  it.each(['[]', '{a: 1}', 'null', 'high'])('that is %s is refused', (value) => {
    expect(message(measured(value))).toContain('calibration');
  });

  it('of signals nobody knows, and of names that are no names, moves nothing', () => {
    const known = loadProfile('quill');
    const { calibration: _, ...plain } = known;
    const [probe] = Object.entries(known.variants.full?.runs[0]?.probes ?? {}).filter(
      ([id]) => id === 'log-probabilities',
    );
    const evidence = {
      ...EVIDENCE,
      probes: { 'log-probabilities': { status: 'ok', version: 1, data: probe?.[1] } },
    };
    const odd = '{runs: 1, noise: 1000000, power: {__proto__: 1, constructor: 1}}';
    const text = `${writeProfile(plain)}calibration: {no-such-signal: ${odd}, __proto__: ${odd}, constructor: ${odd}}\n`;
    const judged = (profile: ReferenceProfile) => score(evidence as Evidence, { profile }).verdict;
    expect(judged(readProfile(text, '"p"'))).toEqual(judged(plain));
    expect(judged(plain).reasons.length).toBeGreaterThan(0);
  });

  it('without runs is refused: nobody measured it', () => {
    expect(message(yaml('calibration: {a: {runs: 2, noise: 0.5, power: {}}}'))).toContain(
      'a calibration needs the runs it was measured on',
    );
  });
});
