import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAssayError } from '../../../src/core/errors.js';
import { identify } from '../../../src/formats/foreign/identify.js';
import type { FileFormat } from '../../../src/formats/foreign/types.js';
import { bytesOf } from '../../support/bytes.js';
import { gguf } from '../../support/gguf.js';
import { FIXTURES, failure } from '../../support/onnx.js';
import { bytes } from '../../support/protobuf.js';

const folder = `${FIXTURES}formats/executable/`;
const bin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const of = async (data: Uint8Array) => (await identify(bytesOf(data))).format;

/** Files that Python wrote, see scripts/fixtures/formats_executable.py. */
const EXPECTED: Readonly<Record<string, FileFormat>> = {
  'protocol-0.pkl': 'pickle',
  'protocol-1.pkl': 'pickle',
  'protocol-2.pkl': 'pickle',
  'protocol-3.pkl': 'pickle',
  'protocol-4.pkl': 'pickle',
  'protocol-5.pkl': 'pickle',
  'model.safetensors': 'pickle',
  'data-only.pkl': 'pickle',
  'broken-after-call.bin': 'pickle',
  'checkpoint.pt': 'torch-zip',
  'legacy.pt': 'torch-legacy',
  'script.pt': 'torchscript',
  'old.tar': 'tar',
  'numbers.npy': 'numpy',
  'objects.npy': 'numpy-objects',
  'fields.npy': 'numpy-objects',
  'arrays.npz': 'npz',
  'plain.joblib': 'joblib',
  'zlib.joblib': 'compressed',
  'gzip.joblib': 'compressed',
  'bz2.joblib': 'compressed',
  'xz.joblib': 'compressed',
  'model.keras': 'keras',
  'notes.zip': 'zip',
  'hidden.zip': 'zip',
};
const HARMLESS = new Set(['numbers.npy', 'notes.zip']);

test.each(Object.entries(EXPECTED))('%s is %s', async (name, format) => {
  const found = await identify(bytesOf(readFileSync(`${folder}${name}`), name));
  expect(found).toEqual({ format, executes: !HARMLESS.has(name), why: expect.stringMatching(/^an? /) });
});

test('every fixture is listed', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(EXPECTED).sort());
});

describe('by their first bytes', () => {
  test.each<[string, Uint8Array, FileFormat]>([
    ['7z', bin('7z\xbc\xaf\x27\x1c\0\x04'), '7z'],
    ['HDF5', bin('\x89HDF\r\n\x1a\n'), 'hdf5'],
    ['HDF5 behind a user block', bytes(new Uint8Array(1024), bin('\x89HDF\r\n\x1a\n')), 'hdf5'],
    ['a SavedModel', bin('\x08\x01\x12\x85\x01\x0a\x10'), 'saved-model'],
    ['ONNX of IR version 1 with a producer', bin('\x08\x01\x12\x07pytorch'), 'unknown'],
    ['ONNX', bin('\x08\x08\x12\x07pytorch'), 'unknown'],
    ['a script', bin('#!/bin/sh\n'), 'program'],
    ['a program', bin('\x7fELF\x02'), 'program'],
    ['GGUF', gguf({}), 'gguf'],
    ['a zip archive cut short', bin('PK\x03\x04\x14\0\0\0'), 'zip'],
    ['nothing', new Uint8Array(0), 'unknown'],
  ])('%s', async (_, data, format) => {
    expect(await of(data)).toBe(format);
  });

  // The length of its header, 640 bytes, reads as the start of a pickle of protocol 2.
  test('safetensors with a header of 640 bytes', async () => {
    const data = bytes([0x80, 2, 0, 0, 0, 0, 0, 0], bin('{}'.padEnd(640)));
    expect(await identify(bytesOf(data))).toMatchObject({ format: 'safetensors', executes: false });
  });

  test('the weights and graphs of this repository are none of them', async () => {
    for (const path of [
      'models/quill/student-1a/onnx/model.onnx',
      'attention/gqa/graph.onnx',
      'formats/gguf/values.gguf',
    ])
      expect((await identify(bytesOf(readFileSync(`${FIXTURES}${path}`)))).executes).toBe(false);
  });
});

describe('pickles', () => {
  test.each([
    '.',
    'hello, this is a file of text.\nN.\n',
    'In the beginning\n.',
    'Git v1.5.0.1 Release Notes',
    'NN.',
    '(N.',
    'a.',
    '{"a": 1}.',
    // A scalar of an old protocol, and more behind it: prose starts like that.
    'K1. Licence',
    'X\xff\xff\xff\x7fabc.',
    'cos system\nx\n.',
  ])('%j is none', async (text) => expect(await of(bin(text))).toBe('unknown'));

  test.each([
    'N.',
    'I1\n.',
    'F1e-5\n.',
    'cos\nsystem\n(Vid\ntR.',
    'cos\nsystem\n(Vid\ntR and no end',
    "(S'id'\nios\nsystem\n.",
    '(cos\nsystem\nVid\no0N.',
    '(0I+1_0\n0cmy-module\nrun\n)R.',
    '\x80\x04K\x01.',
    '\x80\x04K\x01.and more',
    "S'text'\n.",
    '\x80\x05\x95\x02\0\0\0\0\0\0\0N.',
  ])('%j is one', async (text) => expect(await of(bin(text))).toBe('pickle'));

  test('ten thousand opcodes are looked at and no more', async () => {
    expect(await of(new Uint8Array(20_000).fill(0x4e))).toBe('pickle');
  });

  test('a long string of protocol 0 is walked', async () => {
    expect(await of(bin(`(lp0\nV${'x'.repeat(30_000)}\na.`))).toBe('pickle');
  });
});

describe('archives', () => {
  const zip = (...names: readonly string[]) => {
    const entries = names.map((name) => {
      const entry = new Uint8Array(46);
      const view = new DataView(entry.buffer);
      view.setUint32(0, 0x02014b50, true);
      view.setUint16(28, name.length, true);
      return bytes(entry, bin(name));
    });
    const directory = bytes(...entries);
    const end = new Uint8Array(22);
    new DataView(end.buffer).setUint32(0, 0x06054b50, true);
    new DataView(end.buffer).setUint32(12, directory.byteLength, true);
    return { directory, end };
  };
  const start = bin('PK\x03\x04');

  test('with a comment, and names that end in others', async () => {
    const { directory, end } = zip('archive/data.pkl', 'archive/version');
    new DataView(end.buffer).setUint16(20, 5, true);
    expect(await of(bytes(start, directory, end, bin('hello')))).toBe('torch-zip');
    const other = zip('notdata.pkl.txt');
    expect(await of(bytes(start, other.directory, other.end))).toBe('zip');
  });

  test('beyond 4 GiB', async () => {
    const { directory, end } = zip('m/data.pkl', 'm/constants.pkl');
    const end64 = new Uint8Array(56 + 20);
    const view = new DataView(end64.buffer);
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(40, BigInt(directory.byteLength), true);
    view.setUint32(56, 0x07064b50, true);
    new DataView(end.buffer).setUint32(12, 0xffffffff, true);
    expect(await of(bytes(start, directory, end64, end))).toBe('torchscript');
  });

  test.each<[string, (view: DataView) => void]>([
    ['a directory longer than the file', (view) => view.setUint32(12, 1000, true)],
    ['a directory over the limit', (view) => view.setUint32(12, 2 ** 31, true)],
    ['a directory that is no directory', (view) => view.setUint32(12, 46, true)],
  ])('%s is refused unread', async (_, damage) => {
    const { directory, end } = zip('archive/data.pkl');
    damage(new DataView(end.buffer));
    expect(await identify(bytesOf(bytes(start, directory, end)))).toMatchObject({
      format: 'zip',
      executes: true,
    });
  });
});

test('any bytes are identified', async () => {
  const starts = readdirSync(folder).map((name) => readFileSync(`${folder}${name}`));
  const property = fc.asyncProperty(
    fc.constantFrom(...starts),
    fc.nat(600),
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    async (data, at, noise) => {
      const changed = bytes(data.subarray(0, at), noise, data.subarray(at + noise.length));
      const found = await identify(bytesOf(changed)).catch((error: unknown) => {
        if (isAssayError(error)) return undefined;
        throw error;
      });
      expect(found?.why).toBeDefined();
    },
  );
  await fc.assert(property, { numRuns: 1000, seed: 20240605 });
});

test('a source that returns too little, and one that is aborted', async () => {
  const source = { size: 1000, name: 'short', read: async () => new Uint8Array(3) };
  expect((await failure(identify(source))).code).toBe('FORMAT_TRUNCATED');
  const signal = AbortSignal.abort(new Error('stop'));
  expect((await failure(identify(bytesOf(gguf({})), { signal }))).code).toBe('ABORTED');
});
