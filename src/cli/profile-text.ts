import type { FactValue, PublishedFile, ReferenceProfile, ReferenceVariant } from '../core/types.js';
import { cleanText } from '../report/text.js';
import { describeCalibration } from './calibration-text.js';

/** What `profile show` prints and gives as JSON: everything but the measurements themselves. */
export interface ProfileSummary {
  readonly id: string;
  readonly sources: NonNullable<ReferenceProfile['sources']>;
  readonly variants: Readonly<Record<string, VariantSummary>>;
  readonly calibration?: NonNullable<ReferenceProfile['calibration']>;
}

type VariantSummary = Omit<ReferenceVariant, 'runs'> & { readonly artifacts: number; readonly runs: number };

export function summarizeProfile({
  id,
  sources = {},
  variants,
  calibration,
}: ReferenceProfile): ProfileSummary {
  const rows = Object.entries(variants).map(([name, { runs, ...variant }]): [string, VariantSummary] => [
    name,
    { ...variant, artifacts: new Set(runs.map(({ artifact }) => artifact)).size, runs: runs.length },
  ]);
  return {
    id,
    sources,
    variants: Object.fromEntries(rows),
    ...(calibration === undefined ? {} : { calibration }),
  };
}

/** Lines for a terminal: facts with their sources, digests by release, and what nothing confirms. */
export function describeProfile({ id, sources, variants, calibration }: ProfileSummary): string[] {
  return [
    cleanText(id),
    ...Object.entries(variants).flatMap(([name, variant]) => ['', ...describeVariant(name, variant)]),
    ...(Object.keys(sources).length > 0 ? ['', 'sources'] : []),
    ...Object.entries(sources).flatMap(([key, { what, where, commit }]) => [
      `  ${cleanText(key).padEnd(10)} ${cleanText(what)}`,
      ...(where ? [`${' '.repeat(13)}${cleanText(where)}${commit ? ` @ ${cleanText(commit)}` : ''}`] : []),
    ]),
    ...(calibration === undefined ? [] : ['', ...describeCalibration(calibration)]),
  ];
}

function describeVariant(name: string, variant: VariantSummary): string[] {
  const { kind, artifacts, runs, facts, cited = {}, unconfirmed = [], aliases = [], notes = [] } = variant;
  return [
    `${name} (${kind})${runs > 0 ? `, ${artifacts} artifacts, ${runs} runs` : ''}`,
    ...(aliases.length > 0 ? [`  sold as ${cleanText(aliases.join(', '))}`] : []),
    ...Object.entries(facts).map(([fact, value]) => {
      const from = unconfirmed.includes(fact) ? 'unconfirmed' : (cited[fact] ?? []).join(', ');
      return `  ${cleanText(fact).padEnd(22)} ${written(value)}${from ? `  (${cleanText(from)})` : ''}`;
    }),
    ...variant.digests.map((digest) => `  sha256 ${digest}`),
    ...describeFiles(variant.files ?? []),
    ...notes.map((note) => `  note: ${cleanText(note)}`),
  ];
}

function written(value: FactValue): string {
  return typeof value === 'number' && value >= 1e6 ? value.toLocaleString('en-US') : cleanText(String(value));
}

/** More files of one source than this are counted, not listed. */
const MAX_LISTED = 12;

function describeFiles(files: readonly PublishedFile[]): string[] {
  const groups = new Map<string, PublishedFile[]>();
  for (const file of files) {
    const key = `source ${cleanText(file.source)}, ${file.confidence} confidence`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups].flatMap(([key, group]) => {
    const sized = group.flatMap(({ bytes }) => bytes ?? []);
    const total = sized.reduce((sum, bytes) => sum + bytes, 0).toLocaleString('en-US');
    const counted = group.slice(0, MAX_LISTED);
    return [
      `  published digests of ${group.length} files${sized.length > 0 ? `, ${total} bytes` : ''} (${key})`,
      ...counted.map(({ name, sha256 }) => `    ${sha256}  ${cleanText(name)}`),
      ...(group.length > counted.length
        ? [`    and ${group.length - counted.length} more; --json lists them`]
        : []),
    ];
  });
}
