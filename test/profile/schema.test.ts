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
