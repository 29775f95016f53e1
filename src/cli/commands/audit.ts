import { type Command, Option } from 'commander';
import { audit, type Stop } from '../../api/audit.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { writeProfile } from '../../profile/write.js';
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
import { claimOptions, type JudgeFlags, scoreOptions, withJudgeOptions } from './judge-options.js';
import { type ReferenceFlags, references, withReferenceOptions } from './references.js';

interface AuditFlags extends CollectFlags, JudgeFlags, ReferenceFlags {
  readonly output?: readonly OutputTarget[];
  readonly evidence?: string;
  readonly keepProfile?: string;
  readonly stop?: Stop;
}

export function auditCommand(program: Command): void {
  withLog(withCollectOptions(withReferenceOptions(withJudgeOptions(program.command('audit [candidate]')))))
    .description('collect evidence, judge it against a profile and report')
    .addOption(
      new Option(
        '--stop <when>',
        'stop when the claim is decided, or ask everything (default: complete; of endpoints decided, unless --variant)',
      ).choices(['decided', 'complete']),
    )
    .option('--evidence <file>', 'keep the evidence')
    .option('--keep-profile <file>', 'keep the profile with what --variant measured')
    .action(async (candidate: string | undefined, flags: AuditFlags) => {
      const outputs = chooseOutputs(flags.output ?? [], flags.json === true);
      claimStandardOutput([flags.evidence, flags.keepProfile, ...outputs.map(({ path }) => path)]);
      const beside = references(flags);
      const judging =
        beside.length > 0 && flags.profile === undefined ? claimOptions(flags) : scoreOptions(flags);
      const spec = candidateSpec(candidate, flags);
      if (flags.dryRun) return printPlan(flags, spec, { times: 1 + beside.length });
      const report = await withSession(flags, (signal, progress) =>
        audit(spec, {
          ...collectOptions(flags, signal, progress),
          ...judging,
          references: beside,
          ...(flags.stop === undefined ? {} : { stop: flags.stop }),
          onEvidence: (evidence) => {
            if (flags.evidence !== undefined) writeText(flags.evidence, canonicalJson(evidence));
          },
          onProfile: (profile) => {
            if (flags.keepProfile !== undefined) writeText(flags.keepProfile, writeProfile(profile));
          },
        }),
      );
      writeReport(report, outputs);
      process.exitCode = exitCodeOfReport(report);
    });
}
