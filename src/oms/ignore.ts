import { unsafePath } from './resource.js';

/** Never part of a model, at the top of its folder only (OMS section 6.2). */
export const DEFAULT_IGNORED: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore'];

/** Whether an entry may be applied: exact relative paths, no patterns. "." would hide the whole folder. */
export function isUsableIgnore(entry: string): boolean {
  return unsafePath(entry) === undefined && !/[*?[]/.test(entry);
}

/** Answers whether a path is one of the entries or lies below one. */
export function ignoring(entries: Iterable<string>): (path: string) => boolean {
  const set = new Set([...entries].filter(isUsableIgnore));
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
      if (set.has(path.slice(0, end))) return true;
    return false;
  };
}
