/** An answer that is an error: what the client did, in the terms of the protocol. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  /** More fields some servers add, such as the tokens of a prompt that does not fit. */
  readonly details: Readonly<Record<string, number>>;

  constructor(
    status: number,
    type: string,
    message: string,
    {
      param = null,
      code = null,
      details = {},
    }: { param?: string | null; code?: string | null; details?: Readonly<Record<string, number>> } = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
    this.details = details;
  }
}

export const invalid = (message: string, param: string | null = null, code: string | null = null): Refusal =>
  new Refusal(400, 'invalid_request_error', message, { param, code });
