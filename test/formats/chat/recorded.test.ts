import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readReply } from '../../support/read-reply.js';
import { shared, sharedData, whySkipped } from '../../support/shared-data.js';

/** Characters (UTF-16) of text and of reasoning, deltas; as a script in Python counts them. Then usage, model, quirks. */
const RECORDED: Readonly<Record<string, readonly unknown[]>> = {
  'deepseek-reasoner-nonstream-2025__1.json': [1568, 1997, 2, [12, 789, 415, 0], 'deepseek-reasoner', []],
  'deepseek-reasoner-stream-2025__1.sse': [
    41,
    882,
    209,
    [6, 212, 198, 0],
    'deepseek-reasoner',
    ['USAGE_IN_FINISH'],
  ],
  'groq-thinking-iter__2.sse': [
    ...[2954, 3794, 1504, [573, 1509, null, null], 'deepseek-r1-distill-llama-70b'],
    ['USAGE_IN_FINISH', 'USAGE_X_GROQ'],
  ],
  'ollama-qwen3-stream__1.sse': [9, 1177, 284, [17, 289, null, null], 'qwen3', []],
  'openrouter-stream-reasoning__1.sse': [
    ...[9, 51, 5, [43, 36, 13, 0], 'anthropic/claude-sonnet-4.5'],
    ['COMMENTS', 'REASONING_TWICE', 'USAGE_EARLY'],
  ],
  'vercel-azure-model-router.1.chunks.txt': [
    ...[19, 0, 4, [15, 78, 64, 0], 'gpt-5-nano-2025-08-07'],
    ['DATA_PREFIX_MISSING', 'DONE_MISSING'],
  ],
  'vllm-near-deepseek-v3.1-stream.sse': [11, 0, 4, null, 'deepseek-ai/DeepSeek-V3.1', ['USAGE_MISSING']],
};

describe.skipIf(!sharedData)(`recorded answers of hosted services${whySkipped}`, () => {
  it('all of them are known', () => {
    const found = readdirSync(shared('sse')).filter((file) => !file.endsWith('.meta.json'));
    expect(found.sort()).toEqual(Object.keys(RECORDED).sort());
  });

  it.each(Object.entries(RECORDED))('%s', (name, expected) => {
    const bytes = readFileSync(shared(`sse/${name}`));
    const { text, reasoning, deltas, usage, model, quirks, finish } = readReply(bytes);
    const counts = usage && [
      usage.promptTokens,
      usage.completionTokens,
      usage.reasoningTokens,
      usage.cachedTokens,
    ];
    expect([text.length, reasoning.length, deltas.length, counts, model, quirks]).toEqual(expected);
    expect(finish).toBe('stop');
    // The same, one byte at a time and in pieces of 7 and 1,000.
    for (const size of bytes.length > 100_000 ? [1000] : [1, 7, 1000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const cut = readReply(...pieces);
      expect([cut.text, cut.reasoning, cut.usage, cut.quirks]).toEqual([text, reasoning, usage, quirks]);
    }
  });
});
