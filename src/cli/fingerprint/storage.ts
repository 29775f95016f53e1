import type { QuantizationEvidence } from '../../fingerprint/probes/quantization.js';
import type { StoredAs } from '../../fingerprint/quantization.js';
import { formatNumber, formatPercent } from '../../report/number.js';
import type { Row } from './rows.js';

/** How the matrices are stored, what labels say, and grids found among floats. */
export function storageRows({ methods, bitsPerWeight, labels, lattice }: QuantizationEvidence): Row[] {
  return [
    ...methods.map((stored): Row => ['stored as', describe(stored)]),
    ...(bitsPerWeight === null ? [] : [['bits per weight', formatNumber(bitsPerWeight)] as const]),
    ...labels.map(
      ({ source, label, found, contradicts, note }): Row => [
        contradicts ? 'LABEL_CONTRADICTION' : 'label',
        `${source} says ${label}; the tensors are ${found.join(', ')}${note ? ` (${note})` : ''}`,
      ],
    ),
    ...lattice.grids.map(
      ({ matrices, ...grid }): Row => [
        'floats on a grid',
        `${matrices} of ${lattice.judged} matrices: ${Object.entries(grid)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')}`,
      ],
    ),
  ];
}

function describe({ method, bits, group, quantized, tensors, share }: StoredAs): string {
  const grouped =
    group === null ? '' : `, a scale per ${Array.isArray(group) ? group.join(' × ') : group} numbers`;
  const width = quantized ? ` (${bits} bits${grouped})` : '';
  return `${method}${width}: ${tensors} matrices, ${formatPercent(share)} of their numbers`;
}
