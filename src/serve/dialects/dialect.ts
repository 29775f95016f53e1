import type { AnswerEnd, AnswerPiece, Engine, ReplyToken, TokenStack, Usage } from '../../core/types.js';
import type { Exchange, ServedRequest } from '../exchange.js';
import type { Json } from '../json.js';
import type { Refusal } from '../refusal.js';

/** Changes a stream of pieces; made anew for each answer. */
export interface Stage {
  piece(piece: AnswerPiece): readonly AnswerPiece[];
  end(): readonly AnswerPiece[];
}

/** Where a stream states its usage: in a chunk of its own, or within another. */
export type UsagePlace =
  | 'extra-if-asked'
  | 'extra'
  | 'finish'
  | 'x_groq'
  | 'choice'
  | 'every-chunk'
  | 'never';

/** What becomes of a body before it is sent: a chunk, the chunk with the finish reason, or a whole answer. */
export type Patch = (
  body: Json,
  exchange: Exchange,
  at: 'chunk' | 'finish' | 'usage' | 'whole',
  /** Null before the end. */
  usage: Usage | null,
) => Json;

/** How events are written. */
export interface Framing {
  readonly before: string;
  readonly event: (json: string, index: number) => string;
  readonly done: string;
}

/** One kind of server: how it runs, counts, cuts up and writes what an engine answers. */
export interface Dialect {
  readonly name: string;
  readonly summary: string;
  readonly engine: (engine: Engine, stack: StackLoader) => Engine | Promise<Engine>;
  readonly stages: readonly (() => Stage)[];
  /** Fields of a delta, or of a message, that carry text. */
  readonly fields: (channel: AnswerPiece['channel'], text: string) => Json;
  /** A whole message where it is more than the fields of both channels. */
  readonly message: ((text: string, reasoning: string) => Json) | null;
  /** Delta of the first chunk; null where the first text comes at once. */
  readonly opening: Json | null;
  /** Role in every delta. */
  readonly roleInEach: boolean;
  readonly usagePlace: UsagePlace;
  readonly usage: (usage: Usage, exchange: Exchange) => Json;
  readonly logProbs: (tokens: readonly ReplyToken[], request: ServedRequest) => Json | null;
  readonly finish: (finish: AnswerEnd['finish']) => string | null;
  readonly patches: readonly Patch[];
  /** Chunks that some servers send before any text. */
  readonly preamble: (exchange: Exchange) => readonly Json[];
  readonly framing: Framing;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: (requested: string | null, own: string) => string;
  readonly refuse: (request: ServedRequest) => Refusal | null;
  /** Drops what the server takes no notice of. */
  readonly understand: (request: ServedRequest) => ServedRequest;
  readonly error: (refusal: Refusal) => { readonly status: number; readonly body: Json };
}

/** Public tokenizers by name. Throws where the name is not known or none are at hand. */
export type StackLoader = (id: string) => Promise<Pick<TokenStack, 'count' | 'ends'>>;

/** A dialect made from another. */
export type Trait = (dialect: Dialect) => Dialect;

export function dialect(base: Dialect, name: string, summary: string, ...traits: readonly Trait[]): Dialect {
  return traits.reduce((made, trait) => trait(made), { ...base, name, summary });
}
