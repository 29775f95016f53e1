import type { Command } from 'commander';
import { FINGERPRINT_PROBES, fingerprint } from '../../api/fingerprint.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { exitCodeOfEvidence } from '../exit.js';
import { fingerprintText } from '../fingerprint/text.js';
import { writeText } from '../io.js';
import { type CollectFlags, collectOptions, withCollectOptions } from '../options.js';
import { withSession } from '../session.js';
import { candidateSpec, printPlan } from './candidate.js';

export function fingerprintCommand(program: Command): void {
  withCollectOptions(program.command('fingerprint <candidate>'))
    .description('files, digests, architecture and storage of the weights; runs no model')
    .action(async (candidate: string, flags: CollectFlags) => {
      if (flags.dryRun) return printPlan(flags, candidate, { only: FINGERPRINT_PROBES });
      const evidence = await withSession(flags, (signal, progress) =>
        fingerprint(candidateSpec(candidate, flags), collectOptions(flags, signal, progress)),
      );
      writeText('-', flags.json ? canonicalJson(evidence) : fingerprintText(evidence));
      process.exitCode = exitCodeOfEvidence(evidence);
    });
}
