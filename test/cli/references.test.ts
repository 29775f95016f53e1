import { expect, it } from 'vitest';
import { parseReference, references } from '../../src/cli/commands/references.js';

it.each([
  ['full=./a', { variant: 'full', text: './a' }],
  ['full:full=./a=b:c', { variant: 'full', kind: 'full', text: './a=b:c' }],
  ['x:other=https://host:8/v1#m', { variant: 'x', kind: 'other', text: 'https://host:8/v1#m' }],
])('%s', (text, expected) => {
  expect(parseReference(text)).toEqual(expected);
});

it.each(['full', '=./a', 'full:=./a', 'full:best=./a', 'full='])('%s is refused', (text) => {
  expect(() => parseReference(text)).toThrow('expected ID:KIND=CANDIDATE.');
});

it('sends no reference the key of the candidate', () => {
  const variant = [parseReference('full=https://trusted/v1#m'), parseReference('student=./suspect')];
  expect(references({ variant, ...{ apiKeyEnv: 'SECRET' } })).toEqual([
    { variant: 'full', candidate: { kind: 'endpoint', baseUrl: 'https://trusted/v1#m', model: 'm' } },
    { variant: 'student', candidate: './suspect' },
  ]);
  expect(
    references({ variant: variant.slice(0, 1), referenceApiKeyEnv: 'OTHER' })[0]?.candidate,
  ).toMatchObject({
    apiKeyEnv: 'OTHER',
  });
});
