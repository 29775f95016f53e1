import { type Command, InvalidArgumentError } from 'commander';
import { loadProfile } from '../../api/assets.js';
import type { ScoreOptions } from '../../api/score.js';
import { AssayError } from '../../core/errors.js';
import { repeated } from '../options.js';
import { type OutputTarget, parseOutput } from '../output.js';

export interface JudgeFlags {
  readonly profile?: string;
  readonly claim?: string;
  readonly expect?: readonly (readonly [string, string])[];
  readonly falseAccusationRate?: number;
  readonly output?: readonly OutputTarget[];
}

export function withJudgeOptions(command: Command): Command {
  return command
    .option('--profile <name|file>', 'reference profile')
    .option('--claim <variant>', 'version the seller claims (default: the full one)')
    .option(
      '--expect <fact=value>',
      'acceptance clause, e.g. attentionHeads=128 (repeatable)',
      repeated(parseClause),
    )
    .option(
      '--false-accusation-rate <share>',
      'share of genuine deliveries that may be refuted (default: 0.001)',
      Number,
    )
    .option(
      '--output <format[=path]>',
      'terminal, json, html, markdown, junit, sarif, github or prometheus (repeatable)',
      repeated(parseOutput),
    );
}

/** What the verdict is asked for, the profile apart. */
export function claimOptions({
  claim,
  expect,
  falseAccusationRate,
}: JudgeFlags): Omit<ScoreOptions, 'profile'> {
  return {
    ...(claim === undefined ? {} : { claim }),
    ...(falseAccusationRate === undefined ? {} : { falseAccusationRate }),
    ...(expect === undefined ? {} : { expect: Object.fromEntries(expect) }),
  };
}

/** Throws USAGE without a profile. */
export function scoreOptions(flags: JudgeFlags): ScoreOptions {
  if (flags.profile === undefined) {
    throw new AssayError('USAGE', 'There is nothing to judge by: --profile is missing.', {
      hint: 'assay profile list shows the shipped profiles.',
    });
  }
  return { profile: loadProfile(flags.profile), ...claimOptions(flags) };
}

function parseClause(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected FACT=VALUE.');
  return [text.slice(0, at), text.slice(at + 1)];
}
