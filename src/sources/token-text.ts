import type { ReplyToken, TokenChoice, TokenStep, TokensCapability } from '../core/types.js';
import type { Bit } from './answer-bits.js';
import type { TokenBytes } from './token-bytes.js';

export interface DecodedToken {
  readonly id: number;
  readonly step: TokenStep;
}

/** Turns ids into text as they come, whole characters only. */
export interface TextStream {
  push(id: number, step: TokenStep): Bit;
  /** What only the end of an answer shows. */
  end(): Promise<Bit>;
}

export interface Decoder {
  /** `reported`: say each token besides its text. */
  stream(reported: boolean): TextStream;
  known(tokens: readonly DecodedToken[]): Promise<readonly ReplyToken[]>;
}

export function decoderOf(bytesOf: TokenBytes | null, tokens: TokensCapability): Decoder {
  return bytesOf === null ? wholeTexts(tokens) : byTable(bytesOf);
}

function byTable(bytesOf: TokenBytes): Decoder {
  const choice = (id: number, logProb: number | null): TokenChoice => {
    const bytes = bytesOf(id) ?? new Uint8Array(0);
    return { text: new TextDecoder().decode(bytes), bytes: [...bytes], id, logProb };
  };
  const token = ({ id, step }: DecodedToken): ReplyToken => ({
    ...choice(id, step.logProb ?? null),
    top: (step.top ?? []).map(([other, logProb]) => choice(other, logProb)),
  });
  return {
    stream: (reported) => {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      return {
        push: (id, step) => ({
          text: decoder.decode(bytesOf(id) ?? new Uint8Array(0), { stream: true }),
          tokens: reported ? [token({ id, step })] : [],
        }),
        // Bytes that wait for the rest of their character are dropped: half a character is no text.
        end: async () => ({ text: '', tokens: [] }),
      };
    },
    known: async (list) => list.map(token),
  };
}

/** For tokenizers whose tokens cannot be read one by one: the text is known when the answer is. */
function wholeTexts(tokens: TokensCapability): Decoder {
  const alone = new Map<number, string>();
  const choice = async (id: number, logProb: number | null): Promise<TokenChoice> => {
    const text = alone.get(id) ?? (await tokens.decode([id]));
    alone.set(id, text);
    return { text, bytes: null, id, logProb };
  };
  const known = async (list: readonly DecodedToken[]): Promise<ReplyToken[]> => {
    const out: ReplyToken[] = [];
    for (const { id, step } of list) {
      const top: TokenChoice[] = [];
      for (const [other, logProb] of step.top ?? []) top.push(await choice(other, logProb));
      out.push({ ...(await choice(id, step.logProb ?? null)), top });
    }
    return out;
  };
  return {
    stream: (reported) => {
      const heard: DecodedToken[] = [];
      return {
        push: (id, step) => {
          heard.push({ id, step });
          return { text: '', tokens: [] };
        },
        end: async () => ({
          text: (await tokens.decode(heard.map(({ id }) => id))).replace(/\uFFFD+$/, ''),
          tokens: reported ? await known(heard) : [],
        }),
      };
    },
    known,
  };
}
