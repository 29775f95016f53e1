import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { FIXTURES } from './onnx.js';

interface Case {
  /** Committed model folder that lends configuration and tokenizer; null for a delivery without any. */
  readonly base: string | null;
  /** Differences of config.json; null for a delivery that has none. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** Delivered path to `graph.onnx` of the case or a path under fixtures. */
  readonly files: Readonly<Record<string, string>>;
}

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** A temporary folder that is gone after the tests of the calling file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-exports-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Put a delivery together from fixtures/exports/NAME, or another collection of cases. */
export function assemble(name: string, into: string, collection = 'exports'): string {
  const folder = join(into, name);
  const { base, config, files } = json(`${FIXTURES}${collection}/${name}/case.json`) as Case;
  mkdirSync(folder, { recursive: true });
  for (const file of base ? ['generation_config.json', 'tokenizer.json', 'tokenizer_config.json'] : [])
    cpSync(`${FIXTURES}models/${base}/${file}`, join(folder, file));
  if (config) {
    const original = base ? (json(`${FIXTURES}models/${base}/config.json`) as object) : {};
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...original, ...config }));
  }
  for (const [to, from] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(
      from === 'graph.onnx' ? `${FIXTURES}${collection}/${name}/graph.onnx` : FIXTURES + from,
      join(folder, to),
    );
  }
  return folder;
}
