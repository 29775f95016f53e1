import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAME = 'llm-fingerprint';
const VERSION = '0.4.0';

/**
 * The rival's library, unchanged: from an unpacked package where `folder` is given, else installed for this run alone.
 * The caller closes it.
 */
export async function openRival(folder) {
  const temp = folder === undefined ? mkdtempSync(join(tmpdir(), 'assay-rival-')) : null;
  const close = () => temp && rmSync(temp, { recursive: true, force: true });
  try {
    if (temp) install(temp);
    const root = temp ? join(temp, 'node_modules', NAME) : resolve(folder);
    const { name, version, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    if (name !== NAME) throw new Error(`${root} holds ${name}, not ${NAME}.`);
    const library = await import(pathToFileURL(join(root, main)).href);
    const bundled = join(root, 'results', 'distributions.json');
    return { library, version, bundled: existsSync(bundled) ? bundled : null, close };
  } catch (error) {
    close();
    throw error;
  }
}

function install(temp) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  execFileSync('npm', ['i', '--prefix', temp, ...quiet, `${NAME}@${VERSION}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
