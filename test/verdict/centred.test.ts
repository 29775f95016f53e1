import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { audit, loadProfile } from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratch } from '../support/exports.js';
import { model } from '../support/fixtures.js';
import { type EditableTensor, parseModel, writeModel } from '../support/onnx-edit.js';

const RAW_DATA = 9;
const WRITES = /c_proj\.(weight|bias)$/;

/** Each row less its mean; a bias is one row. */
function centred({ dims, fields, ...tensor }: EditableTensor): EditableTensor {
  const width = Number(dims.at(-1));
  return {
    ...tensor,
    dims,
    fields: fields.map((field) => {
      if (field.number !== RAW_DATA) return field;
      const values = new Float32Array((field.value as Uint8Array).slice().buffer);
      for (let from = 0; from < values.length; from += width) {
        const row = values.subarray(from, from + width);
        const mean = row.reduce((sum, value) => sum + value, 0) / width;
        row.forEach((value, i) => {
          row[i] = value - mean;
        });
      }
      return { ...field, value: new Uint8Array(values.buffer) };
    }),
  };
}

// What a matrix adds alike to every channel a LayerNorm takes away again: other weights by addition, every answer as it was.
describe('a genuine model whose writing matrices were centred', () => {
  const folder = join(scratch(), 'centred');
  const profile = loadProfile('folio');
  beforeAll(() => {
    cpSync(model('folio/full-1'), folder, { recursive: true });
    const path = join(folder, 'onnx/model.onnx');
    const parsed = parseModel(readFileSync(path));
    parsed.graph.initializers = parsed.graph.initializers.map((tensor) =>
      WRITES.test(tensor.name) ? centred(tensor) : tensor,
    );
    writeFileSync(path, writeModel(parsed));
  });

  it('is not accused where only its weights are looked at, which look tuned', async () => {
    const { verdict, signals } = await audit(folder, { profile, only: ['lineage'] });
    expect(signals.find(({ id }) => id === 'weight-copy')).toMatchObject({
      observed: expect.stringContaining('the same weights, moved'),
    });
    expect(verdict.outcome).toBe('inconclusive');
  });

  it('is upheld by what it does', async () => {
    const { verdict } = await audit(folder, { profile, seed: 3 });
    expect(verdict).toMatchObject({ outcome: 'upheld', kind: 'full' });
  });
});
