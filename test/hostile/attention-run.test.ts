import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { attention } from 'model-assay';
import { describe, expect, test } from 'vitest';
import { CLI, candidate, codes, documentCode, rejection } from '../support/hostile-candidates.js';
import {
  type EditableModel,
  integerAttribute,
  nodeOf,
  tensorOf,
  writeGraph,
  writeModel,
} from '../support/onnx-edit.js';
import { HEADS, TinyModel } from '../support/tiny-attention.js';

const IDS = [3, 5, 7, 9];

/** A genuine folder whose graph is this one. */
function delivered(model: EditableModel): string {
  return candidate({ 'onnx/model.onnx': writeModel(model) });
}

/** One layer of attention over what `before` makes of the embedded text. */
function after(before: (m: TinyModel, value: string) => string): string {
  const m = new TinyModel();
  return delivered(m.logits(m.layer(before(m, m.embed()))));
}

const scalar = (value: number | boolean, type: bigint) => ({
  ...tensorOf('', [], new BigInt64Array()),
  fields: [
    { number: 2, wire: 0, value: type },
    {
      number: 9,
      wire: 2,
      value:
        type === 9n ? Uint8Array.of(Number(value)) : new Uint8Array(BigInt64Array.of(BigInt(value)).buffer),
    },
  ],
});

/** Attention whose queries wait for a loop of as many turns as an int64 counts. */
const endless = (): string =>
  after((m, value) => {
    const { graph } = m.model;
    graph.initializers.push(
      { ...scalar((2n ** 62n) as unknown as number, 7n), name: 'turns' },
      { ...scalar(true, 9n), name: 'yes' },
    );
    const valued = (name: string, elemType: number) => ({
      name,
      fields: [{ number: 2, wire: 2, value: Uint8Array.of(10, 2, 8, elemType) }],
    });
    const typed = (name: string, elemType: number, shape: readonly number[] = [18, 0]) => ({
      number: 11,
      wire: 2,
      value: Uint8Array.from([
        10,
        name.length,
        ...Buffer.from(name),
        18,
        4 + shape.length,
        10,
        2 + shape.length,
        8,
        elemType,
        ...shape,
      ]),
    });
    const body = writeGraph({
      nodes: [nodeOf('Identity', ['go'], ['on']), nodeOf('Neg', ['old'], ['next'])],
      initializers: [],
      outputs: [valued('on', 9), valued('next', 1)],
      rest: [
        { number: 2, wire: 2, value: Buffer.from('body') },
        typed('turn', 7),
        typed('go', 9),
        typed('old', 1, []),
      ],
    });
    const node = nodeOf('Loop', ['turns', 'yes', value], ['spun']);
    node.attributes = [
      {
        name: 'body',
        fields: [
          { number: 6, wire: 2, value: body },
          { number: 20, wire: 0, value: 5n },
        ],
      },
    ];
    graph.nodes.push(node);
    return 'spun';
  });

/** Attention whose queries wait for 8 GiB of zeros. */
const greedy = (): string =>
  after((m, value) => {
    const zeros = m.node('ConstantOfShape', [m.integers(2 ** 31)]);
    const more = m.node('Exp', [zeros]);
    return m.node('Add', [value, m.node('Mul', [m.node('ReduceMax', [more]), m.floats([], () => 1e-3)])]);
  });

/** Attention without heads for its keys, which divides by zero while it loads. */
const dividing = (): string => {
  const m = new TinyModel(23);
  const x = m.embed();
  const heads = [integerAttribute('q_num_heads', HEADS), integerAttribute('kv_num_heads', 0)];
  return delivered(m.logits(m.fused('Attention', '', [m.linear(x), m.linear(x), m.linear(x)], heads)));
};

describe('a tapped graph', () => {
  test('that never ends is stopped', async () => {
    expect(await rejection(attention(endless(), IDS, { timeoutMs: 700 }))).toBe('RUNTIME_TIMEOUT');
  });

  test('that allocates without end is stopped', async () => {
    const ended = await rejection(attention(greedy(), IDS, { memoryBytes: 2 ** 29 }));
    expect(ended).toMatch(/^(RUNTIME_MEMORY|MODEL_RUN_FAILED)$/);
  });

  test('that crashes native code costs the child; what needs no run still runs', async () => {
    expect(await rejection(attention(dividing(), IDS))).toBe('RUNTIME_CRASHED');
    expect(await codes(dividing(), { only: ['files', 'attention-statistics', 'log-probabilities'] })).toEqual(
      {
        files: 'ok',
        architecture: 'ok',
        'attention-statistics': 'RUNTIME_CRASHED',
        'log-probabilities': 'RUNTIME_CRASHED',
      },
    );
  });
});

describe.skipIf(!existsSync('/proc/self/task'))('an interruption during attention', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s ends with 130 and leaves no child', async (signal) => {
    const args = [CLI, 'attention', endless(), '--input-ids', '3,5,7,9', '--json'];
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const ended = new Promise((resolve) => parent.on('close', resolve));
    const child = await eventually(() => childOf(parent.pid ?? 0));
    await sleep(1000);
    parent.kill(signal);
    expect(await ended).toBe(130);
    expect(documentCode(stdout)).toBe('ABORTED');
    expect(await eventually(() => (existsSync(`/proc/${child}/fd/0`) ? undefined : 'gone'))).toBe('gone');
  });
});

async function eventually<T>(probe: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const value = probe();
    if (value !== undefined) return value;
    await sleep(50);
  }
  throw new Error('it did not happen within 10 s');
}

function childOf(pid: number): number | undefined {
  const path = `/proc/${pid}/task/${pid}/children`;
  const [child] = existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean) : [];
  return child === undefined ? undefined : Number(child);
}
