import type { Command } from 'commander';
import { audit } from '../../api/audit.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { exitCodeOfReport } from '../exit.js';
import { writeText } from '../io.js';
import {
  type CollectFlags,
  claimStandardOutput,
  collectOptions,
  withCollectOptions,
  withLog,
} from '../options.js';
import { chooseOutputs, type OutputTarget, writeReport } from '../output.js';
import { withSession } from '../session.js';
import { candidateSpec, printPlan } from './candidate.js';
import { type JudgeFlags, scoreOptions, withJudgeOptions } from './judge-options.js';

interface AuditFlags extends CollectFlags, JudgeFlags {
  readonly output?: readonly OutputTarget[];
  readonly evidence?: string;
}

export function auditCommand(program: Command): void {
  withLog(withCollectOptions(withJudgeOptions(program.command('audit [candidate]'))))
    .description('collect evidence, judge it against a profile and report')
    .option('--evidence <file>', 'keep the evidence')
    .action(async (candidate: string | undefined, flags: AuditFlags) => {
      const outputs = chooseOutputs(flags.output ?? [], flags.json === true);
      claimStandardOutput([flags.evidence, ...outputs.map(({ path }) => path)]);
      const judging = scoreOptions(flags);
      if (flags.dryRun) return printPlan(flags);
      const report = await withSession(flags, (signal, progress) =>
        audit(candidateSpec(candidate, flags), {
          ...collectOptions(flags, signal, progress),
          ...judging,
          onEvidence: (evidence) => {
            if (flags.evidence !== undefined) writeText(flags.evidence, canonicalJson(evidence));
          },
        }),
      );
      writeReport(report, outputs);
      process.exitCode = exitCodeOfReport(report);
    });
}
