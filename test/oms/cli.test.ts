import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../support/command-line.js';
import { folderOf, KEY, newKey, place, scratch } from './support.js';

const MAIN = fileURLToPath(new URL('../../dist/esm/cli/main.js', import.meta.url));

const shell = new CommandLine();
afterAll(() => shell.close());
const assay = (...args: readonly string[]) => shell.run(...args);

function keys(): { readonly secret: string; readonly open: string; readonly other: string } {
  const at = folderOf({ secret: KEY.privatePem, open: KEY.publicPem, other: newKey().publicPem });
  return { secret: join(at, 'secret'), open: join(at, 'open'), other: join(at, 'other') };
}

describe('assay sign-model and verify-model', () => {
  const { secret, open, other } = keys();
  const folder = folderOf({ 'config.json': '{}', 'weights.bin': 'w' });

  test('sign into the folder, verify, and refuse a change with exit code 1', async () => {
    const alone = [MAIN, 'sign-model', folder, '--key', secret];
    expect(spawnSync(process.execPath, alone, { encoding: 'utf8' }).stdout).toMatch(
      /^signed 2 files \(3 bytes\): .*model\.sig\n$/,
    );
    expect(existsSync(join(folder, 'model.sig'))).toBe(true);
    const good = await assay('verify-model', folder, '--key', open);
    expect(good.code).toBe(0);
    expect(good.stdout).toMatch(/^verified: 2 files\nsigned by the given key \(SHA-256 [0-9a-f]{64}\)\n$/);
    // A second signature over the first one's place states the same files.
    expect((await assay('sign-model', folder, '--key', secret)).code).toBe(0);
    writeFileSync(join(folder, 'weights.bin'), 'v');
    const bad = await assay('verify-model', folder, '--key', open);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('refused: 2 files\n');
    expect(bad.stdout).toContain('FILE_CHANGED: "weights.bin" is not what was signed.\n');
    expect((await assay('verify-model', folder, '--key', other)).stdout).toMatch(/^refused\nKEY_FOREIGN: /);
  });

  test('print one document with --json', async () => {
    const { code, stdout } = await assay('verify-model', folder, '--key', other, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'model-verification/1',
      ok: false,
      signer: null,
      findings: [{ code: 'KEY_FOREIGN', severity: 'error' }],
    });
  });

  test('verify a keyless bundle offline', async () => {
    const { code, stdout } = await assay(
      'verify-model',
      place('historical/v1.1.0-sigstore'),
      ...['--identity', 'stefanb@us.ibm.com', '--issuer', 'https://sigstore.verify.ibm.com/oauth2'],
    );
    expect(stdout).toBe(
      'verified: 2 files\nsigned by stefanb@us.ibm.com, as https://sigstore.verify.ibm.com/oauth2 says\n' +
        'not covered by the signature: ignore-me\n',
    );
    expect(code).toBe(0);
  });

  test.each([
    ['without trust', ['verify-model', folder]],
    ['with two kinds of trust', ['verify-model', folder, '--key', open, '--ca', open]],
    ['with an identity nobody vouches for', ['verify-model', folder, '--identity', 'a@b.c']],
    ['with no date', ['verify-model', folder, '--ca', open, '--at', 'yesterday']],
    ['with a key that is none', ['verify-model', folder, '--key', join(folder, 'config.json')]],
    ['without a signature', ['verify-model', scratch(), '--key', open]],
    ['with a public key to sign', ['sign-model', folder, '--key', open]],
  ])('end with exit code 2 %s', async (_, args) => {
    const { code, stderr } = await assay(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^USAGE: .*\n {2}next: /);
  });

  test('never print the key, nor let a name steer the terminal', async () => {
    const broken = join(scratch(), 'key.pem');
    writeFileSync(broken, KEY.privatePem.replace('BEGIN PRIVATE', 'BEGIN BROKEN'));
    const secretLine = KEY.privatePem.split('\n')[1] ?? '';
    const { stderr } = await assay('sign-model', folder, '--key', broken);
    expect(stderr).not.toContain(secretLine.slice(0, 20));
    const hostile = folderOf({ good: 'good' });
    await assay('sign-model', hostile, '--key', secret);
    writeFileSync(join(hostile, '\u001b[2Jverified\u202e\n.bin'), '');
    const { stdout } = await assay('verify-model', hostile, '--key', open);
    expect(stdout.split('\n')).toHaveLength(4);
    for (const steering of ['\u001b', '\u202e']) expect(stdout).not.toContain(steering);
    expect(readFileSync(join(hostile, 'model.sig'), 'utf8')).not.toContain(secretLine.slice(0, 20));
  });
});
