import type { ChangedFile, FileDigest, ListedDigest, ManifestCheck } from '../core/types.js';

/** Hold digested files against a publisher's list. `whole` is false when one file of a folder was audited. */
export function checkManifest(
  files: readonly FileDigest[],
  listed: readonly ListedDigest[],
  whole: boolean,
): ManifestCheck {
  const expected = new Map(listed.map((entry) => [entry.path, entry]));
  const delivered = new Set(files.map(({ path }) => path));
  const pairs = files.flatMap((file): [FileDigest, ListedDigest][] => {
    const entry = expected.get(file.path);
    return entry ? [[file, entry]] : [];
  });
  const bySize = pairs.filter(([file, entry]) => file.sha256 === null || entry.sha256 === null);
  const changed = pairs.flatMap(([file, entry]) => (differ(file, entry) ? [changedFile(file, entry)] : []));
  const differing = new Set(changed.map(({ path }) => path));
  return {
    checked: pairs.length - bySize.length,
    changed,
    missing: whole ? listed.flatMap(({ path }) => (delivered.has(path) ? [] : [path])).sort() : [],
    extra: files.flatMap(({ path }) => (expected.has(path) ? [] : [path])),
    unchecked: bySize.flatMap(([{ path }]) => (differing.has(path) ? [] : [path])),
  };
}

/** Differs only when both sides say something, and it is not the same. */
function differ(file: FileDigest, entry: ListedDigest): boolean {
  const other = file.sha256 !== null && entry.sha256 !== null && file.sha256 !== entry.sha256;
  return other || (entry.bytes !== null && entry.bytes !== file.bytes);
}

function changedFile({ path, sha256, bytes, pointer }: FileDigest, entry: ListedDigest): ChangedFile {
  const stands = pointer !== undefined && pointer.sha256 === entry.sha256;
  return {
    path,
    expected: { sha256: entry.sha256, bytes: entry.bytes },
    found: { sha256, bytes },
    ...(stands ? { pointer: true } : {}),
  };
}
