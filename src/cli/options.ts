import { basename } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CollectOptions } from '../api/collect.js';
import { AssayError } from '../core/errors.js';
import type { ListedDigest } from '../core/types.js';
import { parseChecksums } from '../formats/checksums.js';
import type { SuiteTier } from '../profile/suite.js';
import { cacheFolder } from './cache-folder.js';
import { readText } from './io.js';
import type { Progress } from './progress.js';

/** Options of every command that opens a candidate. */
export interface CollectFlags {
  readonly json?: boolean;
  readonly seed: number;
  readonly suite: SuiteTier;
  readonly threads?: number;
  readonly timeout?: number;
  readonly maxMemory?: number;
  readonly headersOnly?: boolean;
  readonly manifest?: string;
  readonly cache: boolean;
  readonly allowPrivateAddresses?: boolean;
  readonly maxRequests?: number;
  readonly maxTokens?: number;
  readonly dryRun?: boolean;
  readonly progress: boolean;
  readonly model?: string;
  readonly apiKeyEnv?: string;
  readonly tokenizer?: readonly (readonly [name: string, file: string])[];
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number.');
  return value;
}

function namedFile(text: string): readonly [name: string, file: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('expected NAME=FILE.');
  return [text.slice(0, at), text.slice(at + 1)];
}

export function withCollectOptions(command: Command): Command {
  return withJson(command)
    .option('--seed <n>', 'seed of prompt order and sampling', wholeNumber, 0)
    .addOption(
      new Option('--suite <tier>', 'how many prompts to spend')
        .choices(['quick', 'standard', 'deep'])
        .default('quick'),
    )
    .option('--threads <n>', 'threads of the runtime (0: its own choice)', wholeNumber)
    .option('--timeout <seconds>', 'longest wait for one operation of the model', wholeNumber)
    .option('--max-memory <mb>', 'resident memory of the runtime process', wholeNumber)
    .option('--headers-only', 'read headers and metadata, neither hash nor decode weights')
    .option(
      '--manifest <file>',
      'digests by the publisher: sha256sum text, or JSON of the Hugging Face tree API',
    )
    .option('--no-cache', 'hash files again that an earlier run hashed and nobody changed')
    .option('--allow-private-addresses', 'read weights from this machine or a private network by address')
    .option('--max-requests <n>', 'leave out probes beyond this many requests', wholeNumber)
    .option('--max-tokens <n>', 'leave out probes beyond this many tokens', wholeNumber)
    .option('--model <name>', 'model name at an endpoint')
    .option('--api-key-env <variable>', 'environment variable that holds the endpoint key')
    .option(
      '--tokenizer <name=file>',
      'count with a tokenizer.json of your own too, under this name (repeatable)',
      repeated(namedFile),
    )
    .option('--dry-run', 'show what each probe would cost and do nothing')
    .option('--no-progress', 'no progress on stderr');
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print exactly one JSON document on standard output');
}

export function collectOptions(flags: CollectFlags, signal: AbortSignal, progress: Progress): CollectOptions {
  return {
    seed: flags.seed,
    suite: flags.suite,
    signal,
    onProgress: progress.onProgress,
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout * 1000 }),
    ...(flags.maxMemory === undefined ? {} : { memoryBytes: flags.maxMemory * 2 ** 20 }),
    ...(flags.allowPrivateAddresses ? { allowPrivateAddresses: true } : {}),
    ...(flags.tokenizer === undefined ? {} : { tokenizers: Object.fromEntries(flags.tokenizer) }),
    ...(flags.cache ? { cacheDir: cacheFolder() } : {}),
    ...(flags.manifest === undefined ? {} : { manifest: manifestOf(flags.manifest) }),
    ...(flags.headersOnly ? { headersOnly: true } : {}),
    ...(flags.maxRequests === undefined ? {} : { maxRequests: flags.maxRequests }),
    ...(flags.maxTokens === undefined ? {} : { maxTokens: flags.maxTokens }),
  };
}

function manifestOf(path: string): ListedDigest[] {
  return parseChecksums(Buffer.from(readText(path)), basename(path));
}

/** Collect repeated options into a list. */
export function repeated<T>(
  parse: (text: string) => T,
): (text: string, earlier: readonly T[] | undefined) => T[] {
  return (text, earlier = []) => [...earlier, parse(text)];
}

/** Refuse a second document on standard output. Throws USAGE. */
export function claimStandardOutput(targets: readonly (string | undefined)[]): void {
  if (targets.filter((target) => target === '-').length > 1) {
    throw new AssayError('USAGE', 'More than one document would go to standard output.', {
      hint: 'Give the others a file.',
    });
  }
}
