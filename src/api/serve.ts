import { AssayError } from '../core/errors.js';
import type { Engine } from '../core/types.js';
import { type Cheat, composed } from '../serve/cheats/cheat.js';
import { cheatOf } from '../serve/cheats/table.js';
import { dialectOf } from '../serve/dialects/table.js';
import { type RunningServer, type ServerOptions, startServer } from '../serve/server.js';
import { type CandidateInput, openCandidate } from '../sources/open.js';
import type { OpenOptions } from '../sources/options.js';
import { tokenStacks } from '../sources/token-stacks.js';

export type { Cheat, RunningServer };

export interface ServeOptions
  extends Omit<ServerOptions, 'dialect'>,
    Pick<OpenOptions, 'threads' | 'timeoutMs' | 'memoryBytes' | 'tokenizers' | 'signal'> {
  /** Name the model is served under; the folder's by default. */
  readonly model?: string;
  /** Kind of server to speak like; `openai` by default. */
  readonly dialect?: string;
  /** What the server does behind the buyer's back, the first nearest to the model: names as `dilute=0.02`, or functions. */
  readonly cheats?: readonly (string | Cheat)[];
  /** The second model, for cheats that need one. */
  readonly other?: CandidateInput | Engine;
  /** Seed of what cheats draw; 0 by default. */
  readonly seed?: number;
}

interface OpenedEngine {
  readonly engine: Engine;
  close(): Promise<void>;
}

/** A local model as an engine. The caller closes it. Throws CANDIDATE_*. */
export async function openEngine(
  candidate: CandidateInput,
  options: OpenOptions = {},
): Promise<OpenedEngine> {
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
 * Throws CANDIDATE_* as opening does, and USAGE for options that contradict.
 *
 * @example const { url, close } = await serve('./model', { dialect: 'vllm', cheats: ['retune=0.3'] });
 */
export async function serve(
  candidate: CandidateInput | Engine,
  { model, dialect = 'openai', cheats = [], other, seed = 0, ...options }: ServeOptions = {},
): Promise<RunningServer> {
  const spoken = dialectOf(dialect);
  const opened: OpenedEngine[] = [];
  const engineOf = async (input: CandidateInput | Engine): Promise<Engine> => {
    if (isEngine(input)) return input;
    const own = await openEngine(input, options);
    opened.push(own);
    return own.engine;
  };
  const closeAll = async (): Promise<void> => {
    for (const { close } of opened) await close();
  };
  try {
    const tokenStack = options.tokenStack ?? tokenStacks(options).load;
    const own = await engineOf(candidate);
    const parts = { stack: tokenStack, seed, other: other === undefined ? null : await engineOf(other) };
    const applied: Cheat[] = [];
    for (const cheat of cheats) applied.push(typeof cheat === 'string' ? await cheatOf(cheat, parts) : cheat);
    const engine = composed(applied)(model === undefined ? own : { ...own, name: model });
    const server = await startServer(engine, { ...options, tokenStack, dialect: spoken });
    return {
      ...server,
      close: async () => {
        await server.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

const isEngine = (input: CandidateInput | Engine): input is Engine =>
  typeof input === 'object' && 'answer' in input;
