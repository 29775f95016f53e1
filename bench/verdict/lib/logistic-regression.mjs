// Logistic regression with a ridge penalty on standardized features, by Newton's method.
const STEPS = 100;
const CONVERGED = 1e-10;

/** Weights of features, intercept last: minimizes Σ log(1 + e^(−±z)) + ½ ridge |w|², the intercept unpenalized. */
export function fitLogistic(features, labels, { ridge = 1 } = {}) {
  const rows = features.map((row) => [...row, 1]);
  const size = rows[0].length;
  const penalty = (at) => (at === size - 1 ? 0 : ridge);
  const weights = new Array(size).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight, at) => penalty(at) * weight);
    const hessian = weights.map((_, i) => weights.map((__, j) => (i === j ? penalty(i) + 1e-12 : 0)));
    for (const [index, row] of rows.entries()) {
      const p = sigmoid(dot(row, weights));
      for (let i = 0; i < size; i++) {
        gradient[i] += (p - (labels[index] ? 1 : 0)) * row[i];
        for (let j = 0; j < size; j++) hessian[i][j] += p * (1 - p) * row[i] * row[j];
      }
    }
    const move = solve(hessian, gradient);
    // Halved while it makes things worse: a full step may overshoot where classes are apart.
    const before = loss(rows, labels, weights, penalty);
    let scale = 1;
    const moved = () => weights.map((weight, at) => weight - scale * move[at]);
    while (scale > 1e-6 && loss(rows, labels, moved(), penalty) > before) scale /= 2;
    const next = moved();
    for (const [at, value] of next.entries()) weights[at] = value;
    if (Math.max(...move.map(Math.abs)) * scale < CONVERGED) break;
  }
  return weights;
}

export const probability = (weights, row) => sigmoid(dot([...row, 1], weights));

/** Means and standard deviations of columns; a column that does not vary is left as it is. */
export function standardizer(rows) {
  const columns = rows[0].map((_, at) => rows.map((row) => row[at]));
  const moments = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return { mean, sd: sd > 0 ? sd : 1 };
  });
  return (row) => row.map((value, at) => (value - moments[at].mean) / moments[at].sd);
}

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);

function loss(rows, labels, weights, penalty) {
  const fit = rows.reduce((sum, row, index) => {
    const z = dot(row, weights) * (labels[index] ? -1 : 1);
    return sum + (z > 30 ? z : Math.log1p(Math.exp(z)));
  }, 0);
  return fit + weights.reduce((sum, weight, at) => sum + (penalty(at) * weight ** 2) / 2, 0);
}

/** Gaussian elimination with partial pivoting. */
function solve(matrix, vector) {
  const rows = matrix.map((row, at) => [...row, vector[at]]);
  const size = rows.length;
  for (let at = 0; at < size; at++) {
    const pivot = rows
      .slice(at)
      .reduce((best, row, i) => (Math.abs(row[at]) > Math.abs(rows[best][at]) ? at + i : best), at);
    [rows[at], rows[pivot]] = [rows[pivot], rows[at]];
    for (let below = at + 1; below < size; below++) {
      const factor = rows[below][at] / rows[at][at];
      for (let column = at; column <= size; column++) rows[below][column] -= factor * rows[at][column];
    }
  }
  const out = new Array(size).fill(0);
  for (let at = size - 1; at >= 0; at--) {
    const known = out.reduce((sum, value, column) => (column > at ? sum + rows[at][column] * value : sum), 0);
    out[at] = (rows[at][size] - known) / rows[at][at];
  }
  return out;
}
