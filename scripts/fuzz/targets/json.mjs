import { parseJson } from '../../../dist/esm/formats/json/parse.js';
import { JSON_MUTATIONS } from '../json-mutate.mjs';
import { BYTE_MUTATIONS } from '../mutate.mjs';

const texts = [
  '{"a":[1,-2.5e-3,true,null,"x\\n\\u00e9\\ud83d\\ude00"],"b":{"c":{},"d":[]}}',
  ' [ 9007199254740993 , 0.1 , 1e308 , -0 , "" ] ',
  '{"model_type":"qwen2","hidden_size":5120,"rope_theta":1000000.0,"torch_dtype":"bfloat16","tie":false}',
  '"\u00e9\u4e16\ud83d\ude00"',
  '[[[[[[[[[[[[]]]]]]]]]]]]',
];
export const seeds = texts.map((text) => new TextEncoder().encode(text));
export const mutations = [...BYTE_MUTATIONS, ...JSON_MUTATIONS];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Plain values, to be compared with JSON.parse; bigints become the doubles that it rounds to. */
function plain(value) {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, plain(inner)]));
  return value;
}

function same(ours, native) {
  if (Array.isArray(ours))
    return ours.length === native.length && ours.every((value, i) => same(value, native[i]));
  if (!(ours instanceof Map)) return Object.is(ours, native);
  const keys = Object.keys(native);
  return keys.length === ours.size && keys.every((key) => ours.has(key) && same(ours.get(key), native[key]));
}

export function run(bytes) {
  const value = parseJson(bytes, 'fuzz');
  if (!same(plain(value), JSON.parse(utf8.decode(bytes)))) throw new Error('JSON.parse reads another value');
  return 'read';
}
