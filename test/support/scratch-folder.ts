import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What tests put into the system's temporary folder goes into one of the run, which goes away with it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'assay-tests-'));
  // Others may pass: one test runs a command as a user who may not read a file.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
