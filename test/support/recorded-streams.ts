import { readdirSync, readFileSync } from 'node:fs';
import type { RecordedReply } from '../../src/replies/record.js';
import { shared, sharedData } from './shared-data.js';

export interface RecordedStream {
  readonly name: string;
  readonly reply: RecordedReply;
}

/** Streams of a real llama.cpp server with the times at which each chunk arrived. */
export function recordedStreams(): RecordedStream[] {
  if (sharedData === undefined) return [];
  return ['stories260K-f32', 'tiny-r1-distill-qwen'].flatMap((folder) => {
    const root = shared(`transcripts/${folder}`);
    return readdirSync(root)
      .filter((name) => /^chat-.*stream.*\.meta\.json$/.test(name))
      .map((name) => ({ name: `${folder}/${name.replace('.meta.json', '')}`, reply: replyOf(root, name) }))
      .filter(({ reply }) => reply.deltas.length > 0);
  });
}

interface Meta {
  readonly chunk_ms: readonly number[];
  readonly chunk_bytes: readonly number[];
  readonly total_ms: number;
  readonly first_byte_ms: number;
}

/** Each event at the time of the chunk that holds its last byte. */
function replyOf(root: string, name: string): RecordedReply {
  const meta: Meta = JSON.parse(readFileSync(`${root}/${name}`, 'utf8'));
  const raw = readFileSync(`${root}/${name.replace('.meta.json', '.http')}`, 'latin1');
  const body = raw.slice(raw.length - meta.chunk_bytes.reduce((sum, bytes) => sum + bytes, 0));
  let received = 0;
  const ends = meta.chunk_bytes.map((bytes) => {
    received += bytes;
    return received;
  });
  const deltas: (readonly [number, number, 'text' | 'reasoning'])[] = [];
  let tokens: number | null = null;
  for (const { 0: line, index } of body.matchAll(/^data: (\{.*\})$/gm)) {
    const event = JSON.parse(Buffer.from(line.slice(6), 'latin1').toString('utf8'));
    const chunk = ends.findIndex((end) => end >= index + line.length);
    const { content, reasoning_content: reasoning } = event.choices?.[0]?.delta ?? {};
    if (reasoning) deltas.push([meta.chunk_ms[chunk] as number, reasoning.length, 'reasoning']);
    if (content) deltas.push([meta.chunk_ms[chunk] as number, content.length, 'text']);
    tokens = event.usage?.completion_tokens ?? tokens;
  }
  return {
    text: '',
    reasoning: '',
    finish: null,
    usage:
      tokens === null
        ? null
        : { promptTokens: null, completionTokens: tokens, reasoningTokens: null, cachedTokens: null },
    model: null,
    systemFingerprint: null,
    tokens: null,
    deltas,
    timing: { headersMs: meta.first_byte_ms, endMs: meta.total_ms },
    quirks: [],
  };
}
