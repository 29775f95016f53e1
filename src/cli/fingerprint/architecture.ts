import type { Architecture, Fact } from '../../core/types.js';
import { formatNumber } from '../../report/number.js';
import type { Row } from './rows.js';

type AnyFact = Fact<number | string | boolean> | null;

const UNCOUNTED: Readonly<Record<keyof Architecture['uncounted'], string>> = {
  scales: 'scales',
  predictor: 'layers that predict further tokens',
  'repeated-head': 'an output matrix that repeats the embedding',
  rotary: 'rotary tables',
  buffers: 'masks and positions',
};

/** Facts with their origin, and what the closed form of the configuration implies of them. */
export function architectureRows(architecture: Architecture): Row[] {
  const {
    contradictions,
    findings,
    weightTypes,
    uncounted,
    laws,
    shardSizes: _sizes,
    ...facts
  } = architecture;
  const rows = Object.entries(facts as Record<string, AnyFact>).flatMap(([name, fact]): Row[] =>
    fact ? [[name, `${shown(fact.value)} (from ${fact.from})`]] : [],
  );
  const left = Object.entries(uncounted).map(
    ([reason, count]): Row => [
      'not counted',
      `${formatNumber(count)} numbers: ${UNCOUNTED[reason as keyof typeof UNCOUNTED] ?? reason}`,
    ],
  );
  const implied = laws.map(
    ({ law, expected, observed, from }): Row => [
      `closed form: ${law}`,
      expected === observed
        ? `${shown(observed)}, to the unit`
        : `${shown(observed)} (from ${from}); the configuration implies ${shown(expected)}`,
    ],
  );
  const types = Object.entries(weightTypes).map(([type, count]) => `${formatNumber(count)} ${type}`);
  return [
    ...rows,
    ...(types.length > 0 ? [['numbers in matrices', types.join(', ')] as const] : []),
    ...left,
    ...implied,
    ...findings.map(({ code, file, detail }): Row => [code, `${file}: ${detail}`]),
    ...contradictions.map(
      ({ fact, values }): Row => [
        'MODEL_CONTRADICTION',
        `${fact}: ${Object.entries(values)
          .map(([from, value]) => `${from} ${value}`)
          .join(', ')}`,
      ],
    ),
  ];
}

/** Every digit: a total that is wrong by one is wrong. */
function shown(value: number | string | boolean): string {
  return typeof value === 'number' ? formatNumber(value) : String(value);
}
