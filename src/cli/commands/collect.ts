import type { Command } from 'commander';
import { collect } from '../../api/collect.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { exitCodeOfEvidence } from '../exit.js';
import { writeText } from '../io.js';
import { type CollectFlags, collectOptions, withCollectOptions, withLog } from '../options.js';
import { withSession } from '../session.js';
import { candidateSpec, printPlan } from './candidate.js';

interface Flags extends CollectFlags {
  readonly out: string;
  readonly only?: string;
}

export function collectCommand(program: Command): void {
  withLog(withCollectOptions(program.command('collect [candidate]')))
    .description('gather evidence only')
    .option('-o, --out <file>', 'evidence file (- is standard output)', '-')
    .option('--only <probe,…>', 'run only these probes')
    .action(async (candidate: string | undefined, flags: Flags) => {
      const only = flags.only?.split(',').map((id) => id.trim());
      const spec = candidateSpec(candidate, flags);
      if (flags.dryRun) return printPlan(flags, spec, only ? { only } : {});
      const session = { progress: flags.progress, ...(flags.out === '-' ? {} : { evidence: flags.out }) };
      const evidence = await withSession(session, (signal, progress) =>
        collect(spec, {
          ...collectOptions(flags, signal, progress),
          ...(only ? { only } : {}),
        }),
      );
      writeText(flags.out, canonicalJson(evidence));
      if (flags.json && flags.out !== '-') writeText('-', canonicalJson(evidence));
      process.exitCode = exitCodeOfEvidence(evidence);
    });
}
