import type { Command } from 'commander';
import { type ScoreOptions, score } from '../../api/score.js';
import { AssayError, isAssayError } from '../../core/errors.js';
import type { Evidence, Report } from '../../core/types.js';
import { readEvidence } from '../../profile/evidence.js';
import { exitCodeOfReport } from '../exit.js';
import { readJsonText } from '../io.js';
import { withJson } from '../options.js';
import { chooseOutputs, writeReport } from '../output.js';
import { type JudgeFlags, scoreOptions, withJudgeOptions } from './judge-options.js';

/** Saved evidence comes from anyone: what the scorer cannot follow is a fault of the evidence. */
function scoreSaved(path: string, evidence: Evidence, options: ScoreOptions): Report {
  try {
    return score(evidence, options);
  } catch (cause) {
    if (isAssayError(cause)) throw cause;
    throw new AssayError('EVIDENCE_INVALID', `Evidence "${path}" holds probe data of another shape.`, {
      hint: 'Collect it again with: assay collect <candidate> -o evidence.json',
      cause,
    });
  }
}

export function scoreCommand(program: Command): void {
  withJson(withJudgeOptions(program.command('score <evidence>')))
    .description('judge saved evidence offline')
    .action((path: string, flags: JudgeFlags & { json?: boolean }) => {
      const outputs = chooseOutputs(flags.output ?? [], flags.json === true);
      const report = scoreSaved(path, readEvidence(readJsonText(path), `"${path}"`), scoreOptions(flags));
      writeReport(report, outputs);
      process.exitCode = exitCodeOfReport(report);
    });
}
