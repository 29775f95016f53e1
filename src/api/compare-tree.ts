import { isAssayError } from '../core/errors.js';
import { quoted } from '../formats/failure.js';
import { sizeOf } from '../io/files.js';
import type { ModelTree } from '../io/model-tree.js';
import { compareFiles, compareNames } from '../oms/compare.js';
import { failure, type OmsFault, type OmsFinding, warning } from '../oms/finding.js';
import { SINGLE_FILE } from '../oms/resource.js';
import type { Statement } from '../oms/statement.js';
import { fileContents, type HashOptions } from './model-contents.js';

/** model_signing up to 1.1 lists a model that is one file as "." and not by its name. */
function singleFile(signed: ReadonlyMap<string, string>, tree: ModelTree): ReadonlyMap<string, string> {
  const content = signed.get(SINGLE_FILE);
  return !tree.whole && content !== undefined ? new Map([[tree.name, content]]) : signed;
}

/**
 * Read the files of a folder and hold them against the signed content of each path.
 * Throws the errors of reading files.
 */
export async function compareTree(
  tree: ModelTree,
  listed: ReadonlyMap<string, string>,
  { serialization, resources }: Statement,
  { ignoreUnsignedFiles = false, ...options }: HashOptions & { readonly ignoreUnsignedFiles?: boolean },
): Promise<OmsFinding[]> {
  const signed = singleFile(listed, tree);
  const links = await linkFindings(tree, serialization.allowSymlinks);
  const empty = new Set(serialization.method === 'shards' ? await emptyUnsigned(tree, signed) : []);
  const readable = [...tree.files, ...links.files].filter((path) => !empty.has(path));
  // What is signed and there, but no file to read, has its own finding and is not missing.
  const refused = [...links.findings, ...unreadableFindings(tree)];
  const present = [...readable, ...refused.flatMap(({ path = '' }) => (signed.has(path) ? [path] : []))];
  const { missing } = compareNames(signed, present);
  // An extra file is read only when it may be a missing one under another name.
  const wanted = missing.length === 0 ? readable.filter((path) => signed.has(path)) : readable;
  const limits = { ...options, maxPieces: resources.length };
  const delivered = await fileContents(tree, wanted, serialization, limits);
  const findings = [...refused, ...compareFiles(signed, delivered, present)];
  const told = ({ code, path = '' }: OmsFinding) => !UNSIGNED.has(code) || signed.has(path);
  const note = 'is empty; a signature over shards says nothing about empty files';
  return [
    ...(ignoreUnsignedFiles ? findings.filter(told) : findings),
    ...[...empty].map((path) => warning('FILE_EMPTY_UNSIGNED', `${quoted(path)} ${note}.`, path)),
  ];
}

function unreadableFindings(tree: ModelTree): OmsFinding[] {
  return [
    ...tree.special.map((path) => failure('FILE_SPECIAL', `${quoted(path)} is no regular file.`, path)),
    ...tree.unnameable.map((path) => failure('FILE_NAME_INVALID', `${quoted(path)} is no UTF-8 name.`, path)),
  ];
}

/** Findings about files that nobody signed. */
const UNSIGNED: ReadonlySet<OmsFault> = new Set([
  'FILE_EXTRA',
  'FILE_LINK',
  'FILE_SPECIAL',
  'FILE_NAME_INVALID',
]);

async function linkFindings(
  tree: ModelTree,
  allowed: boolean,
): Promise<{ readonly files: readonly string[]; readonly findings: readonly OmsFinding[] }> {
  const files: string[] = [];
  const findings: OmsFinding[] = [];
  for (const path of tree.links) {
    const why = allowed ? await unusableLink(tree, path) : 'is a symbolic link; the signer allowed none';
    if (why === undefined) files.push(path);
    else findings.push(failure('FILE_LINK', `${quoted(path)} ${why}.`, path));
  }
  return { files, findings };
}

async function unusableLink(tree: ModelTree, path: string): Promise<string | undefined> {
  try {
    await tree.locate(path);
    return undefined;
  } catch (cause) {
    if (isAssayError(cause, 'PATH_ESCAPES')) return 'is a symbolic link that leaves the folder';
    if (isAssayError(cause, 'FILE_UNREADABLE')) return 'is a symbolic link that leads to no file';
    throw cause;
  }
}

async function emptyUnsigned(tree: ModelTree, signed: ReadonlyMap<string, string>): Promise<string[]> {
  const empty: string[] = [];
  for (const path of tree.files) if (!signed.has(path) && (await sizeOf(tree, path)) === 0) empty.push(path);
  return empty;
}
