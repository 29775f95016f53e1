import { readdirSync, readFileSync } from 'node:fs';
import * as simpleStatistics from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { agrees, golden } from './golden.js';

const root = new URL('../../', import.meta.url);
const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);

/** Names imported from simple-statistics anywhere in src/. */
function importedNames(): string[] {
  const names = sources.flatMap((path) => {
    const text = readFileSync(new URL(`src/${path}`, root), 'utf8');
    const lists = [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*'simple-statistics'/g)];
    return lists.flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
  });
  return [...new Set(names)].filter((name) => name !== '').sort();
}

describe('simple-statistics', () => {
  // Its minor releases have changed answers: quantile([1,2,3,4], .9) is 4 in 7.8 and 3.7 in 7.12.
  it('is pinned to one exact version', () => {
    const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    expect(manifest.dependencies['simple-statistics']).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('is imported by name, and every imported function has golden values', () => {
    expect(importedNames()).toEqual(Object.keys(golden.simpleStatistics).sort());
    for (const path of sources) {
      const text = readFileSync(new URL(`src/${path}`, root), 'utf8');
      expect(text, path).not.toMatch(/(\*\s+as\s+\w+|^import\s+\w+)\s+from\s+'simple-statistics'/m);
    }
  });

  const cases = Object.entries(golden.simpleStatistics).flatMap(([name, rows]) =>
    rows.map((row, index) => ({ name, index, ...row })),
  );
  it.each(cases)('$name agrees with numpy and scipy, case $index', ({ name, args, value }) => {
    const run: unknown = Reflect.get(simpleStatistics, name);
    if (typeof run !== 'function') throw new Error(`simple-statistics exports no function ${name}.`);
    expect(agrees(run(...args), value, 1e-13)).toBe(true);
  });
});
