import { quoted } from '../formats/failure.js';
import { failure, type OmsFinding } from './finding.js';
import { byCodePoint } from './order.js';

type Contents = ReadonlyMap<string, string>;

/** Signed paths the folder lacks and paths of the folder nobody signed, each in code point order. */
export function compareNames(
  signed: Contents,
  present: Iterable<string>,
): { readonly missing: readonly string[]; readonly extra: readonly string[] } {
  const there = new Set(present);
  return {
    missing: [...signed.keys()].filter((path) => !there.has(path)).sort(byCodePoint),
    extra: [...there].filter((path) => !signed.has(path)).sort(byCodePoint),
  };
}

/**
 * What is missing, extra, changed or renamed. A rename is a missing path whose content an extra file has; its root
 * digest stays the same, so only the names of the resources show it. Extra files without a content in `delivered`
 * were not read.
 */
export function compareFiles(signed: Contents, delivered: Contents, present: Iterable<string>): OmsFinding[] {
  const { missing, extra } = compareNames(signed, present);
  const renamed = pairRenamed(signed, delivered, missing, extra);
  const taken = new Set(renamed.values());
  const gone = missing.filter((path) => !renamed.has(path));
  return [
    ...gone.map((path) => failure('FILE_MISSING', `${quoted(path)} is signed and not there.`, path)),
    ...changed(signed, delivered),
    ...[...renamed].map(([path, now]) => ({
      ...failure('FILE_RENAMED', `${quoted(path)} is delivered as ${quoted(now)}.`, path),
      now,
    })),
    ...extra
      .filter((path) => !taken.has(path))
      .map((path) => failure('FILE_EXTRA', `${quoted(path)} is there and not signed.`, path)),
  ];
}

function pairRenamed(
  signed: Contents,
  delivered: Contents,
  missing: readonly string[],
  extra: readonly string[],
): ReadonlyMap<string, string> {
  const byContent = new Map<string, string[]>();
  for (const path of [...extra].reverse()) {
    const content = delivered.get(path);
    if (content === undefined) continue;
    const alike = byContent.get(content) ?? [];
    alike.push(path);
    byContent.set(content, alike);
  }
  const renamed = new Map<string, string>();
  for (const path of missing) {
    const now = byContent.get(signed.get(path) ?? '')?.pop();
    if (now !== undefined) renamed.set(path, now);
  }
  return renamed;
}

function changed(signed: Contents, delivered: Contents): OmsFinding[] {
  const names = new Map([...signed].map(([path, content]) => [content, path]));
  return [...signed]
    .filter(([path, content]) => delivered.has(path) && delivered.get(path) !== content)
    .map(([path]) => [path, names.get(delivered.get(path) ?? '')] as const)
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([path, other]) => {
      const what =
        other === undefined ? 'is not what was signed' : `holds what was signed as ${quoted(other)}`;
      return failure('FILE_CHANGED', `${quoted(path)} ${what}.`, path);
    });
}
