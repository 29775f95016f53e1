import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import type { Reply } from '../../src/core/types.js';
import { localClient } from '../support/endpoint-client.js';
import { chunked, type RawServer, rawServer } from '../support/raw-server.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

interface Case {
  readonly name: string;
  readonly raw: Buffer;
  readonly path: string;
}

/** The wire bytes of a recorded answer; the recorder kept chunked bodies without their framing. */
function wire(folder: string, name: string): Case {
  const file = readFileSync(join(folder, `${name}.http`));
  const meta = JSON.parse(readFileSync(join(folder, `${name}.meta.json`), 'utf8'));
  const answer = file.subarray(file.indexOf('<<< RESPONSE\n') + '<<< RESPONSE\n'.length);
  const end = answer.indexOf('\r\n\r\n') >= 0 ? answer.indexOf('\r\n\r\n') + 4 : answer.indexOf('\n\n') + 2;
  const head = answer.subarray(0, end).toString('latin1').replace(/\r?\n/g, '\r\n');
  let body: Buffer = answer.subarray(end);
  if (/transfer-encoding: chunked/i.test(head)) {
    let at = 0;
    const pieces = (meta.chunk_bytes as number[]).map((length) => body.subarray(at, (at += length)));
    body = chunked([...pieces, body.subarray(at)]);
  }
  return { name, raw: Buffer.concat([Buffer.from(head), body]), path: meta.path };
}

type Outcome = Reply | { readonly code: string; readonly fault: string | undefined };

describe.skipIf(!sharedData).each(['stories260K-f32', 'tiny-r1-distill-qwen'])(
  `recorded answers of llama.cpp with %s, replayed over TCP${whySkipped}`,
  (set) => {
    const outcomes = new Map<string, Outcome>();
    let server: RawServer;
    let current: Buffer;
    beforeAll(async () => {
      const folder = shared(`transcripts/${set}`);
      const names = readdirSync(folder)
        .filter((file) => file.endsWith('.http'))
        .map((file) => file.slice(0, -5));
      server = await rawServer((socket) => socket.end(current));
      for (const name of names) {
        const { raw, path } = wire(folder, name);
        current = raw;
        const client = localClient(server.url, { limits: { retryWaitMs: 1 } });
        const request = { maxTokens: 8, stream: true } as const;
        const asked =
          path.includes('completion') && !path.includes('chat')
            ? client.completions.complete({ ...request, prompt: 'x' })
            : client.chat.reply({ ...request, messages: [{ role: 'user', content: 'x' }] });
        outcomes.set(
          name,
          await asked.catch((error: unknown) => {
            if (!isAssayError(error)) throw error;
            return { code: error.code, fault: error.fault };
          }),
        );
        client.close();
      }
    });
    afterAll(() => server.close());

    it('dump', () => {
      for (const [name, outcome] of outcomes) {
        if ('code' in outcome) console.log(name, JSON.stringify(outcome));
        else
          console.log(
            name,
            JSON.stringify({ ...outcome, deltas: outcome.deltas.length, tokens: outcome.tokens?.length }),
          );
      }
    });
  },
);
