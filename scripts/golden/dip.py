"""Dips by their definition, for test/stats/dip.test.ts: a linear programme over all unimodal distribution functions.

Run:  python3 scripts/golden/dip.py        (writes fixtures/golden/dip-programme.json; needs numpy and scipy)

For each place of the mode, the least D such that a function convex to its left and concave to its right, with one jump
at the mode, stays within D of the empirical distribution function. The dip is the least D over modes, and never below
1/(2n), which is what R's diptest and src/stats/dip.ts return for samples that are themselves unimodal.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import linprog

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "dip-programme.json"
rng = np.random.default_rng(20240301)


def least_distance(v, lower, upper, mode):
    """Columns: D, G at each value (at the mode: from the left), G at the mode from the right."""
    m = len(v)
    rows, limits = [], []

    def at_most(terms, limit):
        row = np.zeros(m + 2)
        for column, factor in terms:
            row[column] += factor
        rows.append(row)
        limits.append(limit)

    right = m + 1
    for j in range(m):
        if j == mode:
            at_most([(j + 1, 1), (0, -1)], lower[j])
            at_most([(j + 1, -1), (0, -1)], -lower[j])
            at_most([(right, 1), (0, -1)], upper[j])
            at_most([(right, -1), (0, -1)], -upper[j])
            at_most([(j + 1, 1), (right, -1)], 0)
        else:
            at_most([(j + 1, 1), (0, -1)], lower[j])
            at_most([(j + 1, -1), (0, -1)], -upper[j])
    left_columns = [j + 1 for j in range(mode + 1)]
    right_columns = [right] + [j + 1 for j in range(mode + 1, m)]
    for columns, places, sign in ((left_columns, v[: mode + 1], 1), (right_columns, v[mode:], -1)):
        for a in range(len(columns) - 1):
            at_most([(columns[a], 1), (columns[a + 1], -1)], 0)
        for a in range(len(columns) - 2):
            before, after = places[a + 1] - places[a], places[a + 2] - places[a + 1]
            # slope before <= slope after (convex), or the other way round
            at_most(
                [(columns[a + 1], sign * (after + before)), (columns[a], -sign * after), (columns[a + 2], -sign * before)],
                0,
            )
    cost = np.zeros(m + 2)
    cost[0] = 1
    found = linprog(cost, A_ub=np.array(rows), b_ub=limits, bounds=[(0, 1)] * (m + 2), method="highs")
    assert found.status == 0, found.message
    return found.fun


def dip(values):
    v, counts = np.unique(values, return_counts=True)
    upper = np.cumsum(counts) / len(values)
    lower = upper - counts / len(values)
    best = min(least_distance(v, lower, upper, mode) for mode in range(len(v)))
    return max(best, 1 / (2 * len(values)))


samples = []
for case in range(60):
    n = int(rng.integers(2, 26))
    x = [rng.random(n), rng.integers(0, 6, n), np.round(rng.standard_normal(n) + 3 * (rng.random(n) < 0.4), 1)][case % 3]
    samples.append([float(value) for value in x])

OUT.write_text(
    json.dumps(
        {
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
            "cases": [{"values": values, "dip": float(dip(values))} for values in samples],
        },
        indent=1,
    )
    + "\n"
)
