import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STYLES } from './lib/styles.mjs';

const WORKER = fileURLToPath(new URL('./lib/attention-worker.mjs', import.meta.url));
/** Tokens and vocabulary: a small head makes statistics look dearer, a large one is what "statistics alone" saves. */
const CASES = [
  [512, 8192],
  [1024, 8192],
  [512, 50_257],
];

/** Attention statistics ÷ plain forward pass of the same model and prompt, one thread, processor time. */
export async function attention({ rounds, temp, report }) {
  for (const style of Object.keys(STYLES)) {
    for (const [tokens, vocabulary] of CASES) {
      const folder = join(temp, `attention-${style}`);
      const args = [WORKER, style, tokens, vocabulary, rounds, folder].map(String);
      const lines = execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split('\n');
      rmSync(folder, { recursive: true });
      for (const { name, ...ratio } of lines.map((line) => JSON.parse(line)))
        report({
          bench: 'attention',
          case: `${style}, ${tokens} tokens, vocabulary ${vocabulary}, ${name}`,
          unit: 'ms',
          ...ratio,
        });
    }
  }
}
