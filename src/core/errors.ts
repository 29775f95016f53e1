/** Stable identifiers of everything that can go wrong. Codes never change; messages may. */
export type ErrorCode =
  | 'ABORTED'
  | 'CANDIDATE_EMPTY'
  | 'CANDIDATE_NOT_FOUND'
  | 'CANDIDATE_UNSUPPORTED'
  | 'ENDPOINT_ADDRESS'
  | 'ENDPOINT_LIMIT'
  | 'ENDPOINT_PROTOCOL'
  | 'ENDPOINT_STATUS'
  | 'ENDPOINT_TIMEOUT'
  | 'ENDPOINT_UNREACHABLE'
  | 'ENDPOINT_UNSUPPORTED'
  | 'EVIDENCE_INVALID'
  | 'FILE_UNREADABLE'
  | 'FORMAT_INVALID'
  | 'FORMAT_LIMIT'
  | 'FORMAT_TRUNCATED'
  | 'INTERNAL'
  | 'KEY_MISSING'
  | 'LOG_INVALID'
  | 'MODEL_CONFIG_INVALID'
  | 'MODEL_CONTRADICTION'
  | 'MODEL_INPUT_UNKNOWN'
  | 'MODEL_LOAD_FAILED'
  | 'MODEL_OUTPUT_MISSING'
  | 'MODEL_RUN_FAILED'
  | 'PATH_ESCAPES'
  | 'PROFILE_INVALID'
  | 'PROFILE_NOT_FOUND'
  | 'RUNTIME_CRASHED'
  | 'RUNTIME_MEMORY'
  | 'RUNTIME_MISSING'
  | 'RUNTIME_TIMEOUT'
  | 'SIGNATURE_INVALID'
  | 'SUITE_INVALID'
  | 'TEMPLATE_INVALID'
  | 'TEMPLATE_LIMIT'
  | 'TOKENIZER_INVALID'
  | 'TOKENIZER_MISSING'
  | 'USAGE'
  | 'VOCABULARY_INVALID'
  | 'WRITE_FAILED';

/** A finding that survives JSON: what evidence and reports carry instead of an exception. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  /** What exactly a file did wrong, e.g. `GGUF_KEY_DUPLICATE`; see FormatFault. */
  readonly fault?: string;
  /** Byte of the file at which it was found. */
  readonly offset?: number;
}

interface AssayErrorOptions extends Partial<Pick<ErrorRecord, 'hint' | 'fault' | 'offset'>> {
  readonly cause?: unknown;
}

const BRAND = Symbol.for('model-assay.error');

/**
 * Every error the library throws on purpose.
 * `message` says what happened, to which input and what was expected; `hint` says what to do next.
 */
export class AssayError extends Error {
  override readonly name = 'AssayError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly fault: string | undefined;
  readonly offset: number | undefined;
  /** Partial evidence, when a collection was interrupted. */
  partial?: unknown;

  constructor(code: ErrorCode, message: string, options: AssayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.fault = options.fault;
    this.offset = options.offset;
    Object.defineProperty(this, BRAND, { value: true });
  }

  toJSON(): ErrorRecord {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.fault === undefined ? {} : { fault: this.fault }),
      ...(this.offset === undefined ? {} : { offset: this.offset }),
    };
  }
}

/** True for an AssayError from any copy of the package (ESM and CommonJS builds differ in identity). */
export function isAssayError(error: unknown, code?: ErrorCode): error is AssayError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as unknown as AssayError).code === code;
}

/** Longest message kept: native errors may quote names of any length from a hostile file. */
const MAX_MESSAGE = 2000;

/** Turn anything thrown into a record without leaking absolute paths or stack traces. */
export function errorRecord(error: unknown): ErrorRecord {
  if (isAssayError(error)) return { ...error.toJSON(), message: clipped(error.message) };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'INTERNAL',
    message: clipped(scrubPaths(message)),
    hint: 'This is a fault of assay. Report it with the command and, where you may, the file.',
  };
}

function clipped(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}

const concealed = new Set<string>();

/** Folders whose names `scrubPaths` removes wherever they occur, spaces and quotes included. */
export function concealFolders(folders: Iterable<string>): void {
  for (const folder of folders) if (folder.length > 1) concealed.add(folder);
}

/** Longest text searched for paths; what lies beyond is cut, since no message needs it. */
const MAX_SCRUBBED = 16 * 1024;
const QUOTED_PATH = /(["'`])(?:[A-Za-z]:)?[\\/](?:[^"'`\n]*[\\/])?([^"'`\\/\n]+)\1/g;
const BARE_PATH = /(?:[A-Za-z]:)?(?:[\\/][^\\/\s"':]+)+[\\/]([^\\/\s"':]+)/g;

/** Replace absolute paths by their last component; native error texts carry the auditor's directory names. */
export function scrubPaths(text: string): string {
  let scrubbed = text.slice(0, MAX_SCRUBBED);
  for (const folder of [...concealed].sort((a, b) => b.length - a.length))
    scrubbed = scrubbed.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, '').replaceAll(folder, '…');
  return scrubbed.replace(QUOTED_PATH, '$1$2$1').replace(BARE_PATH, '$1');
}
