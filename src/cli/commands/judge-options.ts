import { type Command, InvalidArgumentError } from 'commander';
import { loadProfile } from '../../api/assets.js';
import type { ScoreOptions } from '../../api/score.js';
import { repeated } from '../options.js';
import { type OutputTarget, parseOutput } from '../output.js';

export interface JudgeFlags {
  readonly profile: string;
  readonly claim?: string;
  readonly expect?: readonly (readonly [string, string])[];
  readonly output?: readonly OutputTarget[];
}

export function withJudgeOptions(command: Command): Command {
  return command
    .requiredOption('--profile <name|file>', 'reference profile')
    .option('--claim <variant>', 'version the seller claims (default: the full one)')
    .option(
      '--expect <fact=value>',
      'acceptance clause, e.g. attentionHeads=128 (repeatable)',
      repeated(parseClause),
    )
    .option(
      '--output <format[=path]>',
      'terminal, json, html, markdown, junit, sarif, github or prometheus (repeatable)',
      repeated(parseOutput),
    );
}

export function scoreOptions({ profile, claim, expect }: JudgeFlags): ScoreOptions {
  return {
    profile: loadProfile(profile),
    ...(claim === undefined ? {} : { claim }),
    ...(expect === undefined ? {} : { expect: Object.fromEntries(expect) }),
  };
}

function parseClause(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected FACT=VALUE.');
  return [text.slice(0, at), text.slice(at + 1)];
}
