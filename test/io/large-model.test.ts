import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attention } from 'model-assay';
import { expect, test } from 'vitest';
import { scratch } from '../support/exports.js';
import { writeModel } from '../support/onnx-edit.js';
import { bytes, int, key, len, varint } from '../support/protobuf.js';
import { TinyModel, WIDTH } from '../support/tiny-attention.js';

const folder = scratch();
const IDS = [3, 5, 7, 9, 11];

/** A layer over embedded text to which a table is added, and the graph's bytes without that table. */
function graphOf(table: (m: TinyModel) => string): Uint8Array {
  const m = new TinyModel();
  const x = m.embed();
  const more = m.node('Gather', [table(m), 'input_ids']);
  return writeModel(m.logits(m.layer(m.node('Add', [x, more]))));
}

/** A file with a table of zeros before everything else, of which the disk stores nothing. */
function sparse(path: string, size: number): void {
  const head = bytes(int(1, size / 4 / WIDTH), int(1, WIDTH), int(2, 1), len(8, 'table'));
  const raw = bytes(key(9, 2), varint(size));
  const tensor = bytes(key(5, 2), varint(head.length + raw.length + size));
  const graph = bytes(key(7, 2), varint(tensor.length + head.length + raw.length + size));
  const front = bytes(graph, tensor, head, raw);
  const rest = graphOf(() => 'table');
  const file = openSync(path, 'w');
  writeSync(file, front, 0, front.length, 0);
  ftruncateSync(file, front.length + size);
  writeSync(file, rest, 0, rest.length, front.length + size);
  closeSync(file);
}

test.each([
  ['2 GiB', 2 ** 31 + 4096],
  ['4 GiB', 2 ** 32 + 4096],
])('weights inside a file of more than %s are mapped from where they are', async (_, size) => {
  const [small, large] = [`${size}-small`, `${size}-large`].map((name) =>
    join(folder, name, 'onnx/model.onnx'),
  ) as [string, string];
  for (const path of [small, large]) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    small,
    graphOf((m) => m.floats([64, WIDTH], () => 0)),
  );
  sparse(large, size);
  const expected = await attention(join(folder, `${size}-small`), IDS);
  const seen = await attention(join(folder, `${size}-large`), IDS, { memoryBytes: 2 ** 30 });
  expect(seen.entropyBits).toEqual(expected.entropyBits);
});
