import { readdirSync, readFileSync } from 'node:fs';
import { identify } from '../../../dist/esm/formats/foreign/identify.js';
import { BYTE_MUTATIONS } from '../mutate.mjs';

const folder = new URL('../../../fixtures/formats/executable/', import.meta.url);
export const seeds = readdirSync(folder).map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
export const mutations = BYTE_MUTATIONS;

export async function run(bytes) {
  const { format } = await identify({
    size: bytes.length,
    name: 'fuzz',
    read: async (from, length) => bytes.subarray(from, from + length),
  });
  return format;
}
