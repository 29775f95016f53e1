import { expect, test } from 'vitest';
import { clopperPearson } from '../../src/stats/clopper-pearson.js';

// beta.ppf of scipy 1.17.1.
test.each([
  [0, 150, 0, 0.02429259716610854],
  [1, 150, 0.00016877114310994754, 0.03658316774058025],
  [3, 150, 0.0041436252812205475, 0.05733422228820578],
  [7, 20, 0.15390920478454118, 0.5921885345328282],
  [75, 150, 0.4173574102957342, 0.5826425897042657],
  [20, 20, 0.8315665290169146, 1],
])('%i of %i', (hits, trials, lower, upper) => {
  const [low, high] = clopperPearson(hits, trials, 0.95);
  expect(low).toBeCloseTo(lower, 10);
  expect(high).toBeCloseTo(upper, 10);
});
