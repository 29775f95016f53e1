import { type Command, InvalidArgumentError, Option } from 'commander';
import { attention } from '../../api/attention.js';
import { AssayError } from '../../core/errors.js';
import type { AttentionPrompt, AttentionReading } from '../../core/types.js';
import {
  ATTENTION_STATISTICS,
  type AttentionFormat,
  type AttentionStatisticName,
  attentionRenderers,
  type ColorDepth,
  renderAttentionTerminal,
} from '../../report/index.js';
import { type CollectFlags, collectOptions, repeated, withCollectOptions } from '../options.js';
import { chooseOutputs, isScreen, type OutputTarget, outputParser, writeOutputs } from '../output.js';
import { withSession } from '../session.js';
import { candidateSpec, printCosts } from './candidate.js';

interface Flags extends CollectFlags {
  readonly prompt?: string;
  readonly inputIds?: readonly number[];
  readonly statistic: AttentionStatisticName;
  readonly output?: readonly OutputTarget<AttentionFormat>[];
}

export function attentionCommand(program: Command): void {
  withCollectOptions(program.command('attention <candidate>'))
    .description('head counts and per-head statistics of one prompt')
    .option('--prompt <text>', 'prompt text', once)
    .option('--input-ids <ids>', 'comma-separated token ids; needs no tokenizer', parseIds)
    .addOption(
      new Option('--statistic <name>', 'what the heatmap on the terminal shows')
        .choices(ATTENTION_STATISTICS.map(({ name }) => name))
        .default('normalized'),
    )
    .option(
      '--output <format[=path]>',
      'terminal, json or html (repeatable)',
      repeated(outputParser(attentionRenderers)),
    )
    .action(async (candidate: string, flags: Flags) => {
      const outputs = chooseOutputs(flags.output ?? [], flags.json === true);
      const prompt = onePrompt(flags);
      if (flags.dryRun) return printCosts(flags, [costOf(prompt)]);
      const reading = await withSession(flags, (signal, progress) =>
        attention(candidateSpec(candidate, flags), prompt, collectOptions(flags, signal, progress)),
      );
      writeOutputs(outputs, (target) => render(reading, target, flags.statistic));
    });
}

function onePrompt({ prompt, inputIds }: Flags): AttentionPrompt {
  if (prompt !== undefined && inputIds !== undefined)
    throw new AssayError('USAGE', 'Both --prompt and --input-ids were given.', {
      hint: 'Give one of them: a reading is of one prompt.',
    });
  const given = inputIds ?? prompt;
  if (given !== undefined) return given;
  throw new AssayError('USAGE', 'Give --prompt or --input-ids.', { hint: 'Example: --input-ids 1,2,3' });
}

/** No common tokenizer makes more tokens than a text has bytes. */
function costOf(prompt: AttentionPrompt): { probe: string; requests: number; tokens: number } {
  const tokens = typeof prompt === 'string' ? Buffer.byteLength(prompt) : prompt.length;
  return { probe: 'attention-statistics', requests: 1, tokens };
}

function render(
  reading: AttentionReading,
  target: OutputTarget<AttentionFormat>,
  statistic: AttentionStatisticName,
): string {
  if (target.format !== 'terminal') return attentionRenderers[target.format](reading);
  if (target.path !== '-' || process.stdout.isTTY !== true)
    return renderAttentionTerminal(reading, { statistic });
  return renderAttentionTerminal(reading, {
    statistic,
    width: process.stdout.columns,
    colorDepth: isScreen(target) ? screenDepth() : 1,
  });
}

/** A terminal of 16 colours has no ramp, so it gets shades. */
function screenDepth(): ColorDepth {
  const depth = process.stdout.getColorDepth();
  return depth === 24 || depth === 8 ? depth : 1;
}

function once(value: string, earlier: string | undefined): string {
  if (earlier !== undefined) throw new InvalidArgumentError('a reading is of one prompt.');
  return value;
}

function parseIds(text: string, earlier: readonly number[] | undefined): number[] {
  if (earlier !== undefined) throw new InvalidArgumentError('a reading is of one prompt.');
  return text.split(',').map((part) => {
    if (/^\s*\d{1,15}\s*$/.test(part)) return Number(part);
    throw new InvalidArgumentError(`expected ids like 1,2,3; "${part.slice(0, 40)}" is none.`);
  });
}
