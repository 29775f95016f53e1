import type { Command } from 'commander';
import { compare } from '../../api/compare.js';
import { exitCodeOfReport } from '../exit.js';
import { type CollectFlags, collectOptions, repeated, withCollectOptions } from '../options.js';
import { chooseOutputs, type OutputTarget, parseOutput, writeReport } from '../output.js';
import { withSession } from '../session.js';
import { candidateSpec, printPlan } from './candidate.js';

interface CompareFlags extends CollectFlags {
  readonly output?: readonly OutputTarget[];
  /** Of the first candidate: the second one's key is never sent to it. */
  readonly referenceApiKeyEnv?: string;
}

export function compareCommand(program: Command): void {
  withCollectOptions(program.command('compare <first> <second>'))
    .description('are these two the same model?')
    .option(
      '--output <format[=path]>',
      'terminal, json, html, markdown, junit, sarif, github or prometheus (repeatable)',
      repeated(parseOutput),
    )
    .option('--reference-api-key-env <variable>', 'environment variable that holds the key of the first')
    .action(async (first: string, second: string, flags: CompareFlags) => {
      const outputs = chooseOutputs(flags.output ?? [], flags.json === true);
      if (flags.dryRun) return printPlan(flags, candidateSpec(second, flags), { times: 2 });
      const report = await withSession(flags, (signal, progress) =>
        compare(
          candidateSpec(first, { ...flags, apiKeyEnv: flags.referenceApiKeyEnv }),
          candidateSpec(second, flags),
          collectOptions(flags, signal, progress),
        ),
      );
      writeReport(report, outputs);
      process.exitCode = exitCodeOfReport(report);
    });
}
