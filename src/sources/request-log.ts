import { basename, resolve } from 'node:path';
import { AssayError } from '../core/errors.js';
import type { CandidateSpec, ModelSource, TokenStacksCapability } from '../core/types.js';
import { isUnusable, readJson } from '../formats/request-log/json.js';
import { MAX_DOCUMENT_BYTES, MAX_LINE_BYTES, MAX_LINES } from '../formats/request-log/limits.js';
import { type RequestLog, recordsOf, requestLogReader } from '../formats/request-log/read.js';
import { textLines, wholeText } from '../io/text-lines.js';
import { machine, type OpenOptions } from './options.js';

/** Names of models in a message, and their length: they are text from a file. */
const LISTED = 8;
const LONGEST_NAME = 64;

/** Byte order mark, which some programs put before the first line. */
const MARK = /^\uFEFF/;

type LogSpec = Extract<CandidateSpec, { kind: 'log' }>;

/** The buyer's own requests as a candidate. Reads one file and opens no socket. Throws LOG_INVALID, CANDIDATE_NOT_FOUND. */
export async function openRequestLog(
  spec: LogSpec,
  stacks: TokenStacksCapability,
  options: OpenOptions = {},
): Promise<ModelSource> {
  const log = await readLog(spec);
  return {
    kind: 'log',
    label: spec.model ?? basename(resolve(spec.path)),
    capabilities: { log: { read: async () => log }, stacks },
    maxPositions: undefined,
    warnings: warningsOf(log),
    environment: () => machine(options),
    close: async () => undefined,
  };
}

async function readLog({ path, model }: LogSpec): Promise<RequestLog> {
  const document = await documentOf(path);
  const reader = requestLogReader(model);
  if (document === undefined) {
    for await (const { number, text } of textLines(path, MAX_LINE_BYTES)) {
      if (number > MAX_LINES) {
        reader.skip('beyond what one audit reads');
        break;
      }
      if (text === null) reader.skip('line too long');
      else if (text.trim() !== '') reader.line(text.replace(MARK, ''), number);
    }
  } else for (const [index, record] of document.entries()) reader.record(record, index + 1);
  const log = reader.finish();
  if (log.requests.length === 0) throw nothingUsable(path, log, model);
  const names = modelNames(log);
  if (model === undefined && names.length > 1) throw severalModels(path, names);
  return log;
}

/** Records of a file whose first line is not whole JSON, or is a list: one document over many lines. */
async function documentOf(path: string): Promise<readonly unknown[] | undefined> {
  for await (const { text } of textLines(path, MAX_LINE_BYTES)) {
    if (text !== null && text.trim() === '') continue;
    const line = text === null ? undefined : readJson(text.replace(MARK, ''));
    if (line && !isUnusable(line)) {
      const records = recordsOf(line.value);
      if (records === undefined || (await hasMore(path))) return undefined;
      return records;
    }
    if (text !== null && !/^\s*[[{]/.test(text)) return undefined;
    const whole = await wholeText(path, MAX_DOCUMENT_BYTES);
    const read = whole === null ? undefined : readJson(whole.replace(MARK, ''));
    return read && !isUnusable(read) ? recordsOf(read.value) : undefined;
  }
  return undefined;
}

/** Whether a file has a second line with something in it. */
async function hasMore(path: string): Promise<boolean> {
  let lines = 0;
  for await (const { text } of textLines(path, MAX_LINE_BYTES))
    if ((text === null || text.trim() !== '') && ++lines > 1) return true;
  return false;
}

/** Names of models without their makers', which proxies add and leave out. */
function modelNames({ requests }: RequestLog): string[] {
  const names = requests.flatMap(({ model }) => model?.toLowerCase().split('/').at(-1) ?? []);
  return [...new Set(names)].sort();
}

/** One version is judged at a time: counts of two would contradict each other. */
function severalModels(path: string, names: readonly string[]): AssayError {
  const listed = names.slice(0, LISTED).map((name) => JSON.stringify(name.slice(0, LONGEST_NAME)));
  return new AssayError(
    'LOG_INVALID',
    `"${basename(path)}" holds requests to ${names.length} models; one can be judged at a time.`,
    { hint: `Say which with --model: ${listed.join(', ')}${names.length > LISTED ? ', …' : ''}.` },
  );
}

function nothingUsable(path: string, { skipped }: RequestLog, model: string | undefined): AssayError {
  const why = Object.entries(skipped).map(([reason, times]) => `${reason} (${times})`);
  const asked = model === undefined ? '' : ` to the model "${model}"`;
  return new AssayError(
    'LOG_INVALID',
    `"${basename(path)}" holds no request${asked} that can be read: ${why.join(', ') || 'the file is empty'}.`,
    {
      hint: 'Expected one JSON object a line, with messages or a prompt and the usage of the answer.',
    },
  );
}

function warningsOf({ requests, skipped }: RequestLog): string[] {
  const left = Object.entries(skipped);
  if (left.length === 0) return [];
  const listed = left.map(([reason, times]) => `${reason} (${times})`).join(', ');
  return [`${requests.length} requests of the log were read; left out: ${listed}.`];
}
