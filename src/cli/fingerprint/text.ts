import type { Evidence, FilesEvidence } from '../../core/types.js';
import { formatNumber } from '../../report/number.js';
import { cleanText } from '../../report/text.js';
import { architectureRows } from './architecture.js';
import { type Row, table } from './rows.js';
import { storageRows } from './storage.js';

/** Evidence of a fingerprint as text for a terminal. */
export function fingerprintText({ candidate, probes, warnings }: Evidence): string {
  const blocks: string[][] = [[cleanText(`${candidate.label} (${candidate.kind})`)]];
  for (const [id, status] of Object.entries(probes)) {
    if (status.status === 'unavailable') blocks.push(table([[id, `not available: ${status.missing}`]]));
    if (status.status === 'failed') {
      const { code, message, hint = '' } = status.error;
      blocks.push(
        table([
          [id, `${code}: ${message}`],
          ['', `next: ${hint}`],
        ]),
      );
    }
    if (status.status !== 'ok') continue;
    const rows = ROWS[id]?.(status.data as never);
    if (rows && rows.length > 0) blocks.push(table(rows));
  }
  if (warnings.length > 0) blocks.push(table(warnings.map((warning): Row => ['note', warning])));
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const ROWS: Readonly<Record<string, (data: never) => Row[]>> = {
  files: fileRows,
  architecture: architectureRows,
  quantization: storageRows,
};

function fileRows({ files, weightsDigest, manifest }: FilesEvidence): Row[] {
  const listed = files.map(({ path, bytes, sha256, pointer, cached }): Row => {
    const digest = sha256 ?? 'not hashed';
    const stands = pointer ? `Git LFS pointer to ${pointer.bytes} bytes, ${pointer.sha256}` : path;
    return [digest, `${stands}, ${formatNumber(bytes)} bytes${cached ? ' (digest from cache)' : ''}`];
  });
  if (manifest === undefined) return [...listed, ['weights digest', weightsDigest ?? 'not hashed']];
  const { checked, changed, missing, extra } = manifest;
  const odd = [
    ...changed.map(({ path }): Row => ['not as listed', path]),
    ...missing.map((path): Row => ['listed, missing', path]),
    ...extra.map((path): Row => ['not listed', path]),
  ];
  const summary: Row = ['checked against list', `${checked} files, ${odd.length} differences`];
  return [...listed, ['weights digest', weightsDigest ?? 'not hashed'], summary, ...odd];
}
