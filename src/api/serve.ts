import { AssayError } from '../core/errors.js';
import type { Engine } from '../core/types.js';
import { type Cheat, composed } from '../serve/cheats/cheat.js';
import { dialectOf } from '../serve/dialects/table.js';
import { type RunningServer, type ServerOptions, startServer } from '../serve/server.js';
import { type CandidateInput, openCandidate } from '../sources/open.js';
import type { OpenOptions } from '../sources/options.js';

export interface ServeOptions
  extends Omit<ServerOptions, 'dialect'>,
    Pick<OpenOptions, 'threads' | 'timeoutMs' | 'memoryBytes' | 'signal'> {
  /** Name the model is served under; the folder's by default. */
  readonly model?: string;
  /** Kind of server to speak like; `openai` by default. */
  readonly dialect?: string;
  /** What the server does behind the buyer's back, the first nearest to the model. */
  readonly cheats?: readonly Cheat[];
}

/** A local model as an engine. The caller closes it. Throws CANDIDATE_* where it cannot answer. */
export async function openEngine(
  candidate: CandidateInput,
  options: OpenOptions = {},
): Promise<{ readonly engine: Engine; close(): Promise<void> }> {
  const source = await openCandidate(candidate, { ...options, likeEndpoint: true });
  const { engine } = source;
  if (engine) return { engine, close: () => source.close() };
  await source.close();
  throw new AssayError(
    'CANDIDATE_UNSUPPORTED',
    `${source.kind} candidates are not run, so they cannot be served.`,
    {
      hint: 'Give a folder with an ONNX model.',
    },
  );
}

/**
 * Serve a local model, or any engine, as an OpenAI-compatible endpoint on this machine.
 * Throws CANDIDATE_* as opening does, USAGE for options that contradict.
 *
 * @example const server = await serve('./model', { dialect: 'vllm' }); // server.url
 */
export async function serve(
  candidate: CandidateInput | Engine,
  { model, dialect = 'openai', cheats = [], ...options }: ServeOptions = {},
): Promise<RunningServer> {
  const opened = isEngine(candidate) ? null : await openEngine(candidate, options);
  const own = opened?.engine ?? (candidate as Engine);
  const engine = composed(cheats)(model === undefined ? own : { ...own, name: model });
  try {
    const server = await startServer(engine, { ...options, dialect: dialectOf(dialect) });
    return {
      ...server,
      close: async () => {
        await server.close();
        await opened?.close();
      },
    };
  } catch (error) {
    await opened?.close();
    throw error;
  }
}

const isEngine = (candidate: CandidateInput | Engine): candidate is Engine =>
  typeof candidate === 'object' && 'answer' in candidate;
