import { type Command, InvalidArgumentError } from 'commander';
import { loadProfile, shippedProfiles } from '../../api/assets.js';
import { buildProfile, type TrustedReference } from '../../api/build-profile.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { writeProfile } from '../../profile/write.js';
import { describeCalibration } from '../calibration-text.js';
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
import { candidateSpec, printPlan } from './candidate.js';
import { KINDS, parseReference, type StatedReference } from './references.js';

interface BuildFlags extends CollectFlags {
  readonly id: string;
  readonly variant: readonly Required<StatedReference>[];
  readonly likeEndpoint?: boolean;
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
      '--variant <id:kind=candidate>',
      `a folder, a file or https://host/v1#model; kind is ${KINDS.join(', ')} (repeatable)`,
      repeated(parseTrusted),
    )
    .option('--like-endpoint', 'record answers as a server gives them too, to audit endpoints with')
    .option(
      '--runs <n>',
      'runs per artifact, each with its own seed; noise is measured from two on',
      wholeNumber,
      2,
    )
    .requiredOption('-o, --out <file>', 'profile file to write')
    .action(async (flags: BuildFlags) => {
      claimStandardOutput([flags.out, flags.json ? '-' : undefined]);
      if (flags.dryRun)
        return printPlan(flags, 'reference', { times: flags.variant.length * Math.max(1, flags.runs) });
      const built = await withSession(flags, (signal, progress) =>
        buildProfile(trusted(flags), {
          ...collectOptions(flags, signal, progress),
          ...(flags.likeEndpoint ? { likeEndpoint: true } : {}),
          id: flags.id,
          runs: Math.max(1, flags.runs),
          onReference: ({ variant }, run) => {
            if (flags.progress) process.stderr.write(`assay: measuring ${variant}, run ${run + 1}\n`);
          },
        }),
      );
      writeText(flags.out, writeProfile(built));
      if (flags.json) writeText('-', canonicalJson(summarizeProfile(built)));
      else if (flags.out !== '-') writeText('-', `${describeCalibration(built.calibration).join('\n')}\n`);
    });
}

function parseTrusted(text: string): Required<StatedReference> {
  const { kind, ...stated } = parseReference(text);
  if (kind === undefined) throw new InvalidArgumentError('expected ID:KIND=CANDIDATE.');
  return { kind, ...stated };
}

function trusted({ variant, apiKeyEnv }: BuildFlags): TrustedReference[] {
  return variant.map(({ variant: id, kind, text }) => ({
    variant: id,
    kind,
    candidate: candidateSpec(text, { apiKeyEnv }),
  }));
}
