import { AssayError } from '../../core/errors.js';
import type { Engine } from '../../core/types.js';
import type { StackLoader } from '../dialects/dialect.js';
import { cacheReplay } from './cache-replay.js';
import type { Cheat } from './cheat.js';
import { dropLogProbs } from './drop-log-probs.js';
import { forgeModel } from './forge-model.js';
import { hiddenSystemPrompt } from './hidden-system-prompt.js';
import { interrupt } from './interrupt.js';
import { padLatency } from './pad-latency.js';
import { rechunk } from './rechunk.js';
import { recount } from './recount.js';
import { recut } from './recut.js';
import { retune } from './retune.js';
import { dilute, replica } from './route.js';
import { stripReasoning } from './strip-reasoning.js';

/** What cheats named on a command line are made of. */
export interface CheatParts {
  readonly stack: StackLoader;
  /** The second model, of `dilute` and `replica`. */
  readonly other: Engine | null;
  readonly seed: number;
}

interface Entry {
  readonly summary: string;
  readonly make: (value: string | null, parts: CheatParts) => Cheat | Promise<Cheat>;
}

const HOST_PROMPT = 'You are a helpful assistant. Answer briefly.';
/** What the templates of most chat models add around a message. */
const OVERHEAD = { perMessage: 3, perRequest: 3 };

/** Cheats by the name they have on the command line. */
export const cheats: Readonly<Record<string, Entry>> = {
  recount: {
    summary: 'usage counted with the tokenizer STACK',
    make: async (value, { stack }) =>
      recount({ ...(await stack(needed(value, 'recount=qwen2.5'))), ...OVERHEAD }),
  },
  rechunk: {
    summary: 'chunks cut where tokens of STACK end',
    make: async (value, { stack }) => rechunk((await stack(needed(value, 'rechunk=deepseek-v3'))).ends),
  },
  recut: {
    summary: 'answers cut at max_tokens as STACK counts',
    make: async (value, { stack }) => recut((await stack(needed(value, 'recut=deepseek-v3'))).ends),
  },
  'strip-reasoning': { summary: 'reasoning thrown away', make: () => stripReasoning },
  dilute: {
    summary: 'a SHARE of the requests answered by the model of --other',
    make: (value, { other, seed }) => dilute(present(other, 'dilute'), share(value), seed),
  },
  replica: {
    summary: 'half of the requests answered by the model of --other, an honest second replica',
    make: (_, { other, seed }) => replica(present(other, 'replica'), seed),
  },
  cache: { summary: 'the first answer to a prompt given again', make: () => cacheReplay },
  retune: {
    summary: 'sampled at TEMPERATURE[,TOP_P] whatever is asked',
    make: (value) => {
      const [temperature = 1, topP] = numbers(value, 'retune=0.6,0.95');
      return retune({ temperature, ...(topP === undefined ? {} : { topP }) });
    },
  },
  'hidden-prompt': {
    summary: 'a system prompt, TEXT, before the buyer’s messages',
    make: (value) => hiddenSystemPrompt(value ?? HOST_PROMPT),
  },
  'no-logprobs': { summary: 'log-probabilities dropped', make: () => dropLogProbs },
  forge: {
    summary: 'the model NAME in every answer',
    make: (value) => forgeModel(needed(value, 'forge=deepseek-r1')),
  },
  pad: {
    summary: 'FIRST,EACH milliseconds of waiting',
    make: (value) => {
      const [first = 0, each = 0] = numbers(value, 'pad=500,20');
      return padLatency(first, each);
    },
  },
  interrupt: {
    summary: 'an error inside the stream after N pieces',
    make: (value) => interrupt(numbers(value, 'interrupt=5')[0] ?? 0),
  },
};

/** A cheat written NAME or NAME=VALUE. Throws USAGE. */
export async function cheatOf(text: string, parts: CheatParts): Promise<Cheat> {
  const at = text.indexOf('=');
  const [name, value] = at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  const entry = Object.hasOwn(cheats, name) ? cheats[name] : undefined;
  if (entry) return entry.make(value, parts);
  throw new AssayError('USAGE', `There is no cheat "${name}".`, {
    hint: `Cheats: ${Object.keys(cheats).join(', ')}.`,
  });
}

function needed(value: string | null, example: string): string {
  if (value) return value;
  throw new AssayError('USAGE', 'A cheat lacks its value.', { hint: `Example: --cheat ${example}` });
}

function numbers(value: string | null, example: string): number[] {
  const list = needed(value, example).split(',').map(Number);
  if (list.every((number) => Number.isFinite(number) && number >= 0)) return list;
  throw new AssayError('USAGE', `"${value}" are no numbers.`, { hint: `Example: --cheat ${example}` });
}

function share(value: string | null): number {
  const [number = 0] = numbers(value, 'dilute=0.02');
  if (number <= 1) return number;
  throw new AssayError('USAGE', `${number} is no share.`, {
    hint: 'Give a number from 0 to 1, as dilute=0.02.',
  });
}

function present(other: Engine | null, name: string): Engine {
  if (other) return other;
  throw new AssayError('USAGE', `The cheat "${name}" needs a second model.`, {
    hint: 'Give --other FOLDER.',
  });
}
