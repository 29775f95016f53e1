import { type Command, InvalidArgumentError } from 'commander';
import { loadProfile, shippedProfiles } from '../../api/assets.js';
import { buildProfile, type TrustedReference } from '../../api/build-profile.js';
import { canonicalJson } from '../../core/canonical-json.js';
import type { VersionKind } from '../../core/types.js';
import { writeProfile } from '../../profile/write.js';
import { writeText } from '../io.js';
import {
  type CollectFlags,
  claimStandardOutput,
  collectOptions,
  repeated,
  wholeNumber,
  withCollectOptions,
  withJson,
} from '../options.js';
import { describeProfile, summarizeProfile } from '../profile-text.js';
import { withSession } from '../session.js';
import { printPlan } from './candidate.js';

const KINDS: readonly VersionKind[] = ['full', 'distilled', 'quantized', 'pruned', 'finetuned', 'other'];

interface BuildFlags extends CollectFlags {
  readonly id: string;
  readonly variant: readonly TrustedReference[];
  readonly runs: number;
  readonly out: string;
}

export function profileCommand(program: Command): void {
  const profile = program.command('profile').description('build and inspect reference profiles');
  buildCommand(profile);
  withJson(profile.command('list'))
    .description('shipped profiles')
    .action(({ json }: { json?: boolean }) => {
      const ids = shippedProfiles();
      writeText('-', json ? canonicalJson({ profiles: ids }) : ids.map((id) => `${id}\n`).join(''));
    });
  withJson(profile.command('show <name|file>'))
    .description('variants, facts with their sources, and digests')
    .action((name: string, { json }: { json?: boolean }) => {
      const summary = summarizeProfile(loadProfile(name));
      writeText('-', json ? canonicalJson(summary) : `${describeProfile(summary).join('\n')}\n`);
    });
  withJson(profile.command('check <name|file>'))
    .description('validate a profile')
    .action((name: string, { json }: { json?: boolean }) => {
      const { id, variants } = loadProfile(name);
      const count = Object.keys(variants).length;
      writeText(
        '-',
        json ? canonicalJson({ id, valid: true, variants: count }) : `${id} is valid: ${count} variants\n`,
      );
    });
}

function buildCommand(profile: Command): void {
  withCollectOptions(profile.command('build'))
    .description('measure trusted references into a profile')
    .requiredOption('--id <id>', 'name of the profile')
    .requiredOption(
      '--variant <id:kind=path>',
      `kind is ${KINDS.join(', ')} (repeatable)`,
      repeated(parseVariant),
    )
    .option('--runs <n>', 'runs per artifact, each with its own seed', wholeNumber, 2)
    .requiredOption('-o, --out <file>', 'profile file to write')
    .action(async (flags: BuildFlags) => {
      claimStandardOutput([flags.out, flags.json ? '-' : undefined]);
      if (flags.dryRun) return printPlan(flags, { times: flags.variant.length * Math.max(1, flags.runs) });
      const built = await withSession(flags, (signal, progress) =>
        buildProfile(flags.variant, {
          ...collectOptions(flags, signal, progress),
          id: flags.id,
          runs: Math.max(1, flags.runs),
          onReference: ({ variant }, run) => {
            if (flags.progress) process.stderr.write(`assay: measuring ${variant}, run ${run + 1}\n`);
          },
        }),
      );
      writeText(flags.out, writeProfile(built));
      if (flags.json) writeText('-', canonicalJson(summarizeProfile(built)));
    });
}

function parseVariant(text: string): TrustedReference {
  const match = /^([^:=]+):([a-z]+)=(.+)$/.exec(text);
  const kind = KINDS.find((name) => name === match?.[2]);
  if (!match?.[1] || !match[3] || !kind) throw new InvalidArgumentError('expected ID:KIND=PATH.');
  return { variant: match[1], kind, candidate: match[3] };
}
