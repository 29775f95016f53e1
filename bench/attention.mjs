import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STYLES } from './lib/styles.mjs';

const library = (name) => fileURLToPath(new URL(`./lib/${name}.mjs`, import.meta.url));
/** Tokens and vocabulary: a small head makes statistics look dearer, a large one is what "statistics alone" saves. */
const CASES = [
  [512, 8192],
  [1024, 8192],
  [512, 50_257],
];

/** Attention statistics ÷ plain forward pass of the same model and prompt, one thread: processor time and peak memory. */
export async function attention({ rounds, temp, report }) {
  for (const style of Object.keys(STYLES)) {
    const folder = join(temp, `attention-${style}`);
    const run = (script, ...args) =>
      execFileSync(process.execPath, [library(script), style, ...args, folder].map(String), {
        encoding: 'utf8',
      }).trim();
    for (const [tokens, vocabulary] of CASES) {
      const subject = `${style}, ${tokens} tokens, vocabulary ${vocabulary}`;
      for (const line of run('attention-worker', tokens, vocabulary, rounds).split('\n')) {
        const { name, ...ratio } = JSON.parse(line);
        report({ bench: 'attention', case: `${subject}, ${name}`, unit: 'ms', ...ratio });
      }
      if (existsSync('/proc/self/status')) {
        const [first, second] = ['plain', 'tapped'].map((way) =>
          Number(run('attention-peak', tokens, vocabulary, way)),
        );
        const ratio = second / first;
        const peaks = { first, second, ratio, low: ratio, high: ratio, rounds: 1 };
        report({ bench: 'attention', case: `${subject}, peak memory`, unit: 'MB', ...peaks });
      }
    }
    rmSync(folder, { recursive: true });
  }
}
