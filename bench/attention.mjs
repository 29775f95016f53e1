import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, ratioOf } from './lib/alternate.mjs';
import { writeDecoder } from './lib/decoder.mjs';
import { fixture, LIMITS, openHost, prompt, readConfig } from './lib/host.mjs';

/** Forward with attention statistics ÷ plain forward, in one runtime child, on the same prompt. */
export async function attention({ rounds, temp, report }) {
  const synthetic = join(temp, 'gpt2-small');
  if (!existsSync(synthetic)) writeDecoder(synthetic);
  await measure('quill/full-1', fixture('quill/full-1'), 48, { rounds: 3 * rounds, report });
  await measure('quill/full-1', fixture('quill/full-1'), 256, { rounds: 3 * rounds, report });
  await measure('12×12×768 synthetic', synthetic, 256, { rounds, report });
  await measure('12×12×768 synthetic', synthetic, 512, { rounds, report });
}

async function measure(model, folder, tokens, { rounds, report }) {
  const host = openHost(folder);
  const ids = prompt(tokens, readConfig(folder).vocab_size);
  const forward = (outputs) => async () => (await host.call('forward', { ids, outputs }, LIMITS)).ms;
  try {
    const pairs = await alternate(forward('logits'), forward('attention'), { rounds, warmUp: 2 });
    report({ bench: 'attention', case: `${model}, ${tokens} tokens`, unit: 'ms', ...ratioOf(pairs) });
  } finally {
    await host.close();
  }
}
