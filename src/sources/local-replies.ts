import type {
  AnswerPiece,
  ChatCapability,
  CompletionsCapability,
  Engine,
  EngineRequest,
  Reply,
  ReplyDelta,
} from '../core/types.js';

type Asked = Omit<EngineRequest, 'temperature' | 'topP' | 'seed'> &
  Partial<Pick<EngineRequest, 'temperature' | 'topP' | 'seed'>> & { readonly stream?: boolean };

/** Answers of an engine in the form in which endpoints give them, so that both are read by the same signals. */
export function localReplies(
  engine: Engine,
  now: () => number,
): { readonly chat: ChatCapability; readonly completions: CompletionsCapability } {
  return {
    chat: {
      reply: ({ messages, ...request }, onDelta) =>
        ask(engine, { ...request, prompt: { kind: 'chat', messages } }, now, onDelta),
    },
    completions: {
      complete: ({ prompt, echo = false, ...request }, onDelta) =>
        ask(engine, { ...request, prompt: { kind: 'text', text: prompt, echo } }, now, onDelta),
    },
  };
}

async function ask(
  engine: Engine,
  { stream = true, ...request }: Asked,
  now: () => number,
  onDelta: (delta: ReplyDelta) => void = () => undefined,
): Promise<Reply> {
  const started = now();
  const pieces: AnswerPiece[] = [];
  const deltas: ReplyDelta[] = [];
  const { finish, usage } = await engine.answer({ temperature: 0, topP: 1, seed: 0, ...request }, (piece) => {
    pieces.push(piece);
    if (!stream || piece.text === '') return;
    const delta = { atMs: now() - started, channel: piece.channel, text: piece.text };
    deltas.push(delta);
    onDelta(delta);
  });
  const endMs = now() - started;
  const textOf = (channel: AnswerPiece['channel']): string =>
    pieces.map((piece) => (piece.channel === channel ? piece.text : '')).join('');
  const [text, reasoning] = [textOf('text'), textOf('reasoning')];
  return {
    text,
    reasoning,
    finish,
    usage,
    model: engine.name,
    systemFingerprint: null,
    tokens: request.topLogProbs === undefined ? null : pieces.flatMap(({ tokens }) => tokens),
    deltas: stream ? deltas : wholeDeltas(text, reasoning, endMs),
    timing: { headersMs: deltas[0]?.atMs ?? endMs, endMs },
    quirks: [],
  };
}

function wholeDeltas(text: string, reasoning: string, atMs: number): ReplyDelta[] {
  const whole: ReplyDelta[] = [
    { atMs, channel: 'reasoning', text: reasoning },
    { atMs, channel: 'text', text },
  ];
  return whole.filter((delta) => delta.text !== '');
}
