import type { Command } from 'commander';
import { fingerprint } from '../../api/fingerprint.js';
import { canonicalJson } from '../../core/canonical-json.js';
import type { Architecture, Evidence, Fact, FilesEvidence } from '../../core/types.js';
import { cleanText } from '../../report/text.js';
import { exitCodeOfEvidence } from '../exit.js';
import { writeText } from '../io.js';
import { type CollectFlags, collectOptions, withCollectOptions } from '../options.js';
import { withSession } from '../session.js';
import { candidateSpec, printPlan } from './candidate.js';

export function fingerprintCommand(program: Command): void {
  withCollectOptions(program.command('fingerprint <candidate>'))
    .description('files, digests and architecture; runs no model')
    .action(async (candidate: string, flags: CollectFlags) => {
      if (flags.dryRun) return printPlan(flags, { only: ['files', 'architecture'] });
      const evidence = await withSession(flags, (signal, progress) =>
        fingerprint(candidateSpec(candidate, flags), collectOptions(flags, signal, progress)),
      );
      writeText('-', flags.json ? canonicalJson(evidence) : describe(evidence));
      process.exitCode = exitCodeOfEvidence(evidence);
    });
}

function describe({ candidate, probes }: Evidence): string {
  const files = probes.files;
  const architecture = probes.architecture;
  const lines = [`${candidate.label} (${candidate.kind})`];
  if (files?.status === 'ok') {
    const { files: list, weightsDigest } = files.data as FilesEvidence;
    lines.push(
      '',
      ...list.map(
        ({ path, bytes, sha256 }) =>
          `${sha256 ?? '(not hashed)'.padEnd(64)}  ${String(bytes).padStart(12)}  ${path}`,
      ),
    );
    lines.push('', `weights digest  ${weightsDigest ?? '(not hashed)'}`);
  }
  if (architecture?.status === 'ok') lines.push('', ...facts(architecture.data as Architecture));
  for (const [id, status] of Object.entries(probes)) {
    if (status.status === 'unavailable') lines.push(`${id}: not available, ${status.missing}`);
    if (status.status === 'failed')
      lines.push(
        `${id}: ${status.error.code}: ${status.error.message}`,
        `  next: ${status.error.hint ?? ''}`,
      );
  }
  return `${lines.map(cleanText).join('\n')}\n`;
}

function facts(architecture: Architecture): string[] {
  const { contradictions, weightTypes, uncounted, laws, shardSizes: _predicted, ...rest } = architecture;
  const width = Math.max(...Object.keys(rest).map((name) => name.length));
  const row = (name: string, text: string): string => `${name.padEnd(width)}  ${text}`;
  const rows = Object.entries(rest as Record<string, Fact<number | string | boolean> | null>);
  return [
    ...rows.flatMap(([name, fact]) => (fact ? [row(name, `${fact.value} (from ${fact.from})`)] : [])),
    row('weightTypes', counts(weightTypes)),
    ...(Object.keys(uncounted).length > 0 ? [row('not counted', counts(uncounted))] : []),
    ...laws.map(({ law, expected, observed, from }) =>
      row(
        `law ${law}`,
        expected === observed ? `${observed} as implied` : `${observed} (${from}), implied ${expected}`,
      ),
    ),
    ...contradictions.map(
      ({ fact, values }) =>
        `MODEL_CONTRADICTION ${fact}: ${Object.entries(values)
          .map(([from, value]) => `${from} ${value}`)
          .join(', ')}`,
    ),
  ];
}

function counts(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
