import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where digests of unchanged files are kept between runs, by the XDG base directory specification. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: windows } = process.env;
  const base = [xdg, windows].find((path) => path !== undefined && isAbsolute(path));
  return join(base ?? join(homedir(), '.cache'), 'model-assay');
}
