#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { toolIdentity } from '../api/assets.js';
import { canonicalJson } from '../core/canonical-json.js';
import { AssayError, type ErrorRecord, errorRecord, isAssayError } from '../core/errors.js';
import { cleanText } from '../report/text.js';
import { attentionCommand } from './commands/attention.js';
import { auditCommand } from './commands/audit.js';
import { collectCommand } from './commands/collect.js';
import { compareCommand } from './commands/compare.js';
import { fingerprintCommand } from './commands/fingerprint.js';
import { profileCommand } from './commands/profile.js';
import { reportCommand } from './commands/report.js';
import { scoreCommand } from './commands/score.js';
import { signCommand } from './commands/sign.js';
import { EXIT, exitCodeOfError } from './exit.js';

const EXIT_HELP = `
Exit codes: 0 claim upheld, 1 refuted or a clause failed, 2 usage or profile invalid, 3 inconclusive,
4 candidate could not be collected, 5 internal error, 130 interrupted (partial evidence saved).`;

function buildProgram(): Command {
  const program = new Command('assay')
    .description('The assay office for models: which version is this, really?')
    .version(toolIdentity().version)
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const add of [
    auditCommand,
    collectCommand,
    scoreCommand,
    fingerprintCommand,
    attentionCommand,
    profileCommand,
    compareCommand,
    reportCommand,
    signCommand,
  ]) {
    add(program);
  }
  for (const command of [...program.commands, ...program.commands.flatMap((child) => child.commands)]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  return program;
}

function fail(error: unknown, json: boolean): void {
  const known = error instanceof CommanderError ? usageError(error) : error;
  const record: ErrorRecord = errorRecord(known);
  process.exitCode = isAssayError(known) ? exitCodeOfError(known.code) : EXIT.internal;
  if (json) process.stdout.write(canonicalJson({ schema: 'error/1', error: record }));
  const next = record.hint === undefined ? '' : `  next: ${cleanText(record.hint)}\n`;
  process.stderr.write(`${record.code}: ${cleanText(record.message)}\n${next}`);
}

function usageError(error: CommanderError): AssayError {
  return new AssayError('USAGE', error.message.replace(/^error: /, ''), { hint: 'See assay --help.' });
}

async function main(args: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Commander reports --help and --version as errors with exit code 0.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    fail(error, args.includes('--json'));
  }
}

await main(process.argv.slice(2));
