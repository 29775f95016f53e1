import type { Command } from 'commander';
import { readReport } from '../../profile/report.js';
import { exitCodeOfReport } from '../exit.js';
import { readJsonText } from '../io.js';
import { repeated, withJson } from '../options.js';
import { chooseOutputs, type OutputTarget, parseOutput, writeReport } from '../output.js';

export function reportCommand(program: Command): void {
  withJson(program.command('report <report>'))
    .description('render a saved report again')
    .option(
      '--output <format[=path]>',
      'terminal, json, html, markdown, junit, sarif, github or prometheus (repeatable)',
      repeated(parseOutput),
    )
    .action((path: string, flags: { json?: boolean; output?: readonly OutputTarget[] }) => {
      const outputs = chooseOutputs(flags.output ?? [], flags.json === true);
      const report = readReport(readJsonText(path), `"${path}"`);
      writeReport(report, outputs);
      process.exitCode = exitCodeOfReport(report);
    });
}
