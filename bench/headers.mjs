// Reads 163 shard headers of DeepSeek-R1's size and naming, and the same JSON with JSON.parse, which checks nothing.
// node bench/headers.mjs, after npm run build. Times are processor time of the main thread: a loaded machine inflates
// only wall time.
import { readFileSync } from 'node:fs';
import { readSafetensors } from '../dist/esm/formats/safetensors/read.js';

const SHARDS = 163;
const EXPERTS = 93;
const PROJECTIONS = [
  ['gate', 2048, 7168],
  ['up', 2048, 7168],
  ['down', 7168, 2048],
];

function shard(index) {
  let at = 0;
  const entries = ['"__metadata__":{"format":"pt"}'];
  const add = (name, dtype, rows, columns, bytes) => {
    const end = at + rows * columns * bytes;
    entries.push(`"${name}":{"dtype":"${dtype}","shape":[${rows},${columns}],"data_offsets":[${at},${end}]}`);
    at = end;
  };
  for (let expert = 0; expert < EXPERTS; expert++) {
    for (const [projection, rows, columns] of PROJECTIONS) {
      const name = `model.layers.${index % 61}.mlp.experts.${expert}.${projection}_proj.weight`;
      add(name, 'F8_E4M3', rows, columns, 1);
      add(`${name}_scale_inv`, 'F32', rows / 128, columns / 128, 4);
    }
  }
  const json = Buffer.from(`{${entries.join(',')}}`);
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(json.length));
  const bytes = new Uint8Array(Buffer.concat([head, json]));
  const source = {
    size: bytes.length + at,
    name: `model-${index}.safetensors`,
    read: async (from, length) => bytes.subarray(from, from + length),
  };
  return { source, json };
}

/** Processor time of the main thread in ms (Linux); wall time elsewhere. */
function now() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

const shards = Array.from({ length: SHARDS }, (_, index) => shard(index));
const bytes = shards.reduce((sum, { json }) => sum + json.length, 0);
const best = { reader: Number.POSITIVE_INFINITY, jsonParse: Number.POSITIVE_INFINITY };
let first = 0;
let tensors = 0;
for (let round = 0; round < 12; round++) {
  const started = now();
  tensors = 0;
  for (const { source } of shards) tensors += (await readSafetensors(source)).tensors.length;
  const between = now();
  for (const { json } of shards) JSON.parse(json.toString());
  const ended = now();
  if (round === 0) first = between - started;
  best.reader = Math.min(best.reader, between - started);
  best.jsonParse = Math.min(best.jsonParse, ended - between);
}
const rate = (ms) => `${Math.round(bytes / ms / 1000)} MB/s`;
console.log(`${SHARDS} headers, ${bytes} bytes, ${tensors} tensors`);
console.log(
  `strict reader  ${best.reader.toFixed(0)} ms, ${rate(best.reader)}; first round, cold, ${first.toFixed(0)} ms`,
);
console.log(`JSON.parse     ${best.jsonParse.toFixed(0)} ms, ${rate(best.jsonParse)}`);
console.log(`ratio          ${(best.jsonParse / best.reader).toFixed(2)} of JSON.parse's speed`);
