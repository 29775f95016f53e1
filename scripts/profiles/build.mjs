// Writes the shipped profiles of public models:
//   npm run build && node scripts/profiles/build.mjs <facts.yaml> <known-hashes.yaml>
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { writeProfile } from '../../dist/esm/profile/write.js';
import { assembleProfiles } from './assemble.mjs';

const [facts, hashes] = process.argv.slice(2);
if (!facts || !hashes) throw new Error('usage: build.mjs <facts.yaml> <known-hashes.yaml>');
const read = (path) => parse(readFileSync(path, 'utf8'), { merge: true });
for (const [id, profile] of Object.entries(assembleProfiles(read(facts), read(hashes)))) {
  writeFileSync(new URL(`../../profiles/${id}.yaml`, import.meta.url), writeProfile(profile));
}
