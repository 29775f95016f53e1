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
import { serveCommand } from './commands/serve.js';
import { signCommand } from './commands/sign.js';
import { signModelCommand } from './commands/sign-model.js';
import { verifyResponseCommand } from './commands/verify-response.js';
import { EXIT, exitCodeOfError } from './exit.js';
import { STDOUT, writeFailed, writeText } from './io.js';

const EXIT_HELP = `
Exit codes: 0 claim upheld, 1 refuted or a clause failed, 2 usage or profile invalid, 3 inconclusive,
4 candidate could not be collected, 5 internal error, 130 interrupted (partial evidence saved).`;

/** Commands print help and versions through this; in JSON mode the text is caught and wrapped. */
interface Caught {
  text: string;
}

function buildProgram(json: boolean, caught: Caught): Command {
  const output = {
    writeErr: () => undefined,
    writeOut: (text: string): void => {
      if (json) caught.text += text;
      else writeText('-', text);
    },
  };
  const program = new Command('assay')
    .description('The assay office for models: which version is this, really?')
    .version(toolIdentity().version)
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    .configureOutput(output);
  for (const add of [
    auditCommand,
    collectCommand,
    scoreCommand,
    fingerprintCommand,
    attentionCommand,
    profileCommand,
    compareCommand,
    reportCommand,
    serveCommand,
    signCommand,
    signModelCommand,
    verifyResponseCommand,
  ]) {
    add(program);
  }
  for (const command of [...program.commands, ...program.commands.flatMap((child) => child.commands)]) {
    command.exitOverride().configureOutput(output);
  }
  return program;
}

/** Tell what went wrong: one line and the next step on stderr and, in JSON mode, one document on stdout. */
function fail(error: unknown, json: boolean): void {
  const known = error instanceof CommanderError ? usageError(error) : error;
  const record: ErrorRecord = errorRecord(known);
  process.exitCode = isAssayError(known) ? exitCodeOfError(known.code) : EXIT.internal;
  const next = record.hint === undefined ? '' : `  next: ${cleanText(record.hint)}\n`;
  process.stderr.write(`${record.code}: ${cleanText(record.message)}\n${next}`);
  if (!json || (record.code === 'WRITE_FAILED' && record.message.includes(STDOUT))) return;
  try {
    process.stdout.write(canonicalJson({ schema: 'error/1', error: record }));
  } catch {
    process.exitCode = EXIT.internal;
  }
}

function usageError(error: CommanderError): AssayError {
  const message = error.code === 'commander.help' ? 'No command was given.' : error.message;
  return new AssayError('USAGE', message.replace(/^error: /, ''), { hint: 'See assay --help.' });
}

/** Faults nobody awaited must still end in a code and a document, not in a stack trace. */
function guardProcess(json: boolean): void {
  process.stdout.on('error', (cause) => {
    fail(writeFailed(STDOUT, cause), false);
    process.exit();
  });
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    fail(error, json);
    process.exit();
  });
}

async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  const caught: Caught = { text: '' };
  guardProcess(json);
  try {
    await buildProgram(json, caught).parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Commander reports --help and --version as errors with exit code 0.
    if (!(error instanceof CommanderError && error.exitCode === 0)) return fail(error, json);
    if (!json) return;
    const document =
      error.code === 'commander.version'
        ? { schema: 'version/1', ...toolIdentity() }
        : { schema: 'help/1', text: caught.text };
    writeText('-', canonicalJson(document));
  }
}

await main(process.argv.slice(2));
