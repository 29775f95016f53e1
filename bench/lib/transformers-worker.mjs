// Runs transformers.js in a process of its own: node transformers-worker.mjs ENTRY_URL MODEL_FOLDER SESSION_OPTIONS
import { basename, dirname } from 'node:path';

const [entry, folder, sessionOptions] = process.argv.slice(2);
const { AutoModelForCausalLM, Tensor, env } = await import(entry);
env.allowRemoteModels = false;
env.localModelPath = dirname(folder);
const model = await AutoModelForCausalLM.from_pretrained(basename(folder), {
  dtype: 'fp32',
  session_options: JSON.parse(sessionOptions),
});

process.on('message', async ({ ids, maxNewTokens }) => {
  const tokenMs = [];
  let last = performance.now();
  const streamer = {
    put: () => {
      const now = performance.now();
      tokenMs.push(now - last);
      last = now;
    },
    end: () => undefined,
  };
  const output = await model.generate({
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
    max_new_tokens: maxNewTokens,
    do_sample: false,
    eos_token_id: null,
    streamer,
  });
  // The first call of `put` hands over the prompt.
  process.send({ ids: Array.from(output.data, Number).slice(ids.length), tokenMs: tokenMs.slice(1) });
});
process.send('ready');
