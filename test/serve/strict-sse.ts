export interface WireEvent {
  readonly id?: string;
  readonly choices: readonly {
    readonly delta?: Readonly<Record<string, unknown>>;
    readonly text?: string;
    readonly logprobs?: unknown;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Readonly<Record<string, unknown>> | null;
  readonly error?: unknown;
}

/**
 * Server-sent events by the letter of WHATWG HTML §9.2.6, for JSON objects: throws on anything a lenient reader would
 * step over. `single`: each data line is an event of its own.
 */
export function readEvents(
  body: string,
  { single = false } = {},
): { readonly events: readonly WireEvent[]; readonly done: boolean } {
  const events: WireEvent[] = [];
  let done = false;
  let data: string[] = [];
  const dispatch = (): void => {
    if (data.length === 0) return;
    if (done) throw new Error('an event after [DONE]');
    const text = data.join('\n');
    data = [];
    if (text === '[DONE]') {
      done = true;
      return;
    }
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
    events.push({ choices: [], ...value });
  };
  for (const line of body.split(/\r\n|\n|\r/)) {
    if (line === '') dispatch();
    else if (line.startsWith('data:')) {
      data.push(line.slice(5).replace(/^ /, ''));
      if (single) dispatch();
    } else if (!line.startsWith(':') && !line.startsWith('event:')) throw new Error(`the line ${line}`);
  }
  if (data.length > 0) throw new Error('an event without its end');
  return { events, done };
}
