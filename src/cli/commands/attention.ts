import { type Command, InvalidArgumentError } from 'commander';
import { attention } from '../../api/attention.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { AssayError } from '../../core/errors.js';
import { writeText } from '../io.js';
import { type CollectFlags, collectOptions, withCollectOptions } from '../options.js';
import { withSession } from '../session.js';
import { candidateSpec, printPlan } from './candidate.js';

interface Flags extends CollectFlags {
  readonly prompt?: string;
  readonly inputIds?: readonly number[];
}

export function attentionCommand(program: Command): void {
  withCollectOptions(program.command('attention <candidate>'))
    .description('head counts and per-head statistics of one prompt')
    .option('--prompt <text>', 'prompt text')
    .option('--input-ids <ids>', 'comma-separated token ids; needs no tokenizer', parseIds)
    .action(async (candidate: string, flags: Flags) => {
      const prompt = flags.inputIds ?? flags.prompt;
      if (prompt === undefined)
        throw new AssayError('USAGE', 'Give --prompt or --input-ids.', {
          hint: 'Example: --input-ids 1,2,3',
        });
      if (flags.dryRun) return printPlan(flags, { only: ['attention-statistics'] });
      const reading = await withSession(flags, (signal, progress) =>
        attention(candidateSpec(candidate, flags), prompt, collectOptions(flags, signal, progress)),
      );
      if (flags.json) writeText('-', canonicalJson(reading));
      else writeText('-', table(reading.headCount, reading.normalizedEntropy));
    });
}

function parseIds(text: string): number[] {
  const ids = text.split(',').map(Number);
  if (ids.some((id) => !Number.isSafeInteger(id) || id < 0))
    throw new InvalidArgumentError('expected ids like 1,2,3.');
  return ids;
}

function table(headCount: readonly number[], normalizedEntropy: readonly (readonly number[])[]): string {
  const rows = normalizedEntropy.map(
    (layer, i) => `layer ${String(i).padStart(3)}  ${layer.map((value) => value.toFixed(2)).join(' ')}`,
  );
  return `${headCount.length} layers with ${[...new Set(headCount)].join('/')} heads; normalised attention entropy per head\n${rows.join('\n')}\n`;
}
