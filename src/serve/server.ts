import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssayError } from '../core/errors.js';
import type { Engine } from '../core/types.js';
import { readBody } from './body.js';
import type { Dialect, StackLoader } from './dialects/dialect.js';
import { openai } from './dialects/openai.js';
import type { Exchange, ServedRequest } from './exchange.js';
import { queue } from './queue.js';
import { Refusal } from './refusal.js';
import { parseRequest } from './request.js';
import { refusalOf, respond, sendJson } from './respond.js';

export interface ServerOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** 127.0.0.1 by default; another only with `allowOtherHosts`, since nothing here is made to face a network. */
  readonly host?: string;
  readonly allowOtherHosts?: boolean;
  readonly dialect?: Dialect;
  /** Answer 404 to other model names; by default every name is this model, as with llama.cpp. */
  readonly strictModel?: boolean;
  /** Requests must carry it as a bearer token. */
  readonly key?: string;
  /** Public tokenizers, for the dialects and cheats that count with another one. */
  readonly tokenStack?: StackLoader;
  readonly now?: () => number;
}

export interface RunningServer {
  /** Address up to and with the version. */
  readonly url: string;
  readonly model: string;
  /** Stops listening, ends running answers and waits for them. */
  close(): Promise<void>;
}

/** Slow requests are cut by these; a model's answer is not. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Serve an engine over HTTP. Throws USAGE for a host beyond this machine, or a port that is taken. */
export async function startServer(engine: Engine, options: ServerOptions = {}): Promise<RunningServer> {
  const { port = 0, host = '127.0.0.1', allowOtherHosts = false, dialect = openai } = options;
  if (!LOOPBACK.includes(host) && !allowOtherHosts)
    throw new AssayError('USAGE', `"${host}" is not this machine.`, {
      hint: 'Serve on 127.0.0.1, or allow other hosts if everyone who reaches them may use the model.',
    });
  const stopping = new AbortController();
  const served = await dialect.engine(engine, options.tokenStack ?? noStacks);
  const handle = handler(served, dialect, options, stopping.signal);
  const server = createServer((request, response) => void handle.request(request, response));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AssayError('USAGE', `Cannot listen on port ${port} (${(cause as NodeJS.ErrnoException).code}).`, {
          hint: 'Give another port, or 0 for any.',
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}/v1`,
    model: engine.name,
    close: async () => {
      stopping.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await handle.idle();
      server.closeAllConnections();
      await closed;
    },
  };
}

export const noStacks: StackLoader = async (id) => {
  throw new AssayError('USAGE', `This needs the tokenizer "${id}", and none are at hand.`, {
    hint: 'Give `tokenStack`, which loads a tokenizer by name.',
  });
};

interface Handler {
  request(request: IncomingMessage, response: ServerResponse): Promise<void>;
  idle(): Promise<void>;
}

function handler(engine: Engine, dialect: Dialect, options: ServerOptions, stopping: AbortSignal): Handler {
  const waiting = queue();
  const { now = Date.now, key, strictModel = false } = options;
  const started = Math.floor(now() / 1000);
  let answered = 0;
  const model = { id: engine.name, object: 'model', created: started, owned_by: 'model-assay' };
  const described = { ...model, ...(engine.maxPositions ? { max_model_len: engine.maxPositions } : {}) };

  const generation = async (
    kind: ServedRequest['kind'],
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const parsed = parseRequest(await readBody(request), kind);
    if (strictModel && parsed.model !== engine.name)
      throw new Refusal(404, 'not_found_error', `The model \`${parsed.model}\` does not exist.`, {
        param: 'model',
        code: 'model_not_found',
      });
    const refused = dialect.refuse(parsed);
    if (refused) throw refused;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, stopping]);
    await waiting.run(async () => {
      const exchange: Exchange = {
        request: dialect.understand(parsed),
        id: `${kind === 'chat' ? 'chatcmpl' : 'cmpl'}-${answered.toString(16).padStart(12, '0')}`,
        created: Math.floor(now() / 1000),
        model: dialect.model(parsed.model, engine.name),
        index: answered++,
      };
      await respond(engine, dialect, exchange, response, { seed: randomInt(2 ** 31), signal });
    }, signal);
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/health') return sendJson(response, 200, { status: 'ok' });
    if (key !== undefined && !sameText(request.headers.authorization ?? '', `Bearer ${key}`))
      throw new Refusal(401, 'authentication_error', 'The key is missing or wrong.', {
        code: 'invalid_api_key',
      });
    switch (`${request.method} ${path}`) {
      case 'GET /v1/models':
        return sendJson(response, 200, { object: 'list', data: [described] });
      case `GET /v1/models/${encodeURIComponent(engine.name)}`:
        return sendJson(response, 200, described);
      case 'POST /v1/chat/completions':
        return generation('chat', request, response);
      case 'POST /v1/completions':
        return generation('completion', request, response);
      default:
        throw new Refusal(404, 'not_found_error', 'There is nothing at this address.');
    }
  };

  return {
    idle: waiting.idle,
    request: async (request, response) => {
      try {
        await route(request, response);
      } catch (error) {
        if (response.headersSent || response.destroyed) return void response.destroy();
        const refusal = refusalOf(error);
        const { status, body } = dialect.error(refusal);
        const retry: Record<string, string> = status === 429 ? { 'retry-after': '1' } : {};
        // What was not read of a body would be taken for the next request.
        sendJson(response, status, body, { ...retry, ...(request.complete ? {} : { connection: 'close' }) });
      }
    },
  };
}

/** Compared by digest, so that time tells nothing of the key. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
