import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDelivery } from '../../src/io/files.js';
import { readModelConfig } from '../../src/sources/model-config.js';

it.each<readonly [string, Record<string, unknown>, number | undefined]>([
  ['a decoder', { max_position_embeddings: 2048 }, 2048],
  ['GPT-2', { n_positions: 1024 }, 1024],
  [
    'Whisper, less the token its text starts with',
    { max_target_positions: 448, is_encoder_decoder: true },
    447,
  ],
  ['BART, likewise', { max_position_embeddings: 1024, is_encoder_decoder: true }, 1023],
  ['T5, whose positions are relative', { is_encoder_decoder: true }, undefined],
])('longest context of %s', async (_, config, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-config-'));
  try {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    expect((await readModelConfig(await openDelivery(folder))).maxPositions).toBe(expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
