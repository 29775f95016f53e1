import type { Command } from 'commander';
import { score } from '../../api/score.js';
import { readEvidence } from '../../profile/evidence.js';
import { exitCodeOfReport } from '../exit.js';
import { readText } from '../io.js';
import { withJson } from '../options.js';
import { chooseOutputs, writeReport } from '../output.js';
import { type JudgeFlags, scoreOptions, withJudgeOptions } from './judge-options.js';

export function scoreCommand(program: Command): void {
  withJson(withJudgeOptions(program.command('score <evidence>')))
    .description('judge saved evidence offline')
    .action((path: string, flags: JudgeFlags & { json?: boolean }) => {
      const outputs = chooseOutputs(flags.output ?? [], flags.json === true);
      const report = score(readEvidence(readText(path), `"${path}"`), scoreOptions(flags));
      writeReport(report, outputs);
      process.exitCode = exitCodeOfReport(report);
    });
}
