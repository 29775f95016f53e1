import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openDelivery } from '../../dist/esm/io/files.js';
import { RuntimeHost } from '../../dist/esm/io/runtime/host.js';
import { attentionPlan } from '../../dist/esm/sources/attention-plan.js';
import { readModelConfig } from '../../dist/esm/sources/model-config.js';
import { OpenedGraph } from '../../dist/esm/sources/opened-graph.js';

export const LIMITS = { timeoutMs: 120_000, memoryBytes: 8 * 2 ** 30 };

/** Folder of a committed fixture, as `quill/full-1`. */
export const fixture = (name) => fileURLToPath(new URL(`../../fixtures/models/${name}`, import.meta.url));

export const readConfig = (folder) => JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'));

/** The runtime child of the library on one model folder, as an audit would start it. */
export async function openHost(folder) {
  const config = readConfig(folder);
  const tokenizer = `${folder}/tokenizer.json`;
  const delivery = await openDelivery(folder);
  const decoder = new OpenedGraph(delivery, 'onnx/model.onnx', undefined);
  return new RuntimeHost({
    model: await decoder.location(),
    attention: await attentionPlan({ decoder, encoder: undefined }, await readModelConfig(delivery)),
    threads: 0,
    keyValueHeads: config.num_key_value_heads ?? config.n_head,
    headDim: config.head_dim,
    eosTokenIds: [],
    tokenizerPath: existsSync(tokenizer) ? tokenizer : null,
    tokenizerConfig: {},
    template: null,
    templateVariables: {},
  });
}

/** Token ids without meaning; spread so that embedding rows are not all in cache. */
export const prompt = (length, vocabulary) =>
  Array.from({ length }, (_, i) => 5 + ((i * 7919) % (vocabulary - 5)));
