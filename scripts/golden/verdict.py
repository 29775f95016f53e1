"""Golden values for test/bench/verdict-metrics.test.ts from scipy and numpy.

Run:  /usr/bin/python3 scripts/golden/verdict.py        (writes fixtures/golden/verdict.json)
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import minimize
from scipy.stats import binomtest, mannwhitneyu

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "verdict.json"
rng = np.random.default_rng(20260601)


def interval(k, n, method, level=0.95):
    low, high = binomtest(k, n).proportion_ci(confidence_level=level, method=method)
    return {"successes": k, "trials": n, "level": level, "low": low, "high": high}


def compared(low, high):
    low, high = np.asarray(low, float), np.asarray(high, float)
    auc = mannwhitneyu(high, low, method="asymptotic").statistic / (len(low) * len(high))
    pooled = ((len(low) - 1) * low.var(ddof=1) + (len(high) - 1) * high.var(ddof=1)) / (len(low) + len(high) - 2)
    return {"low": low.tolist(), "high": high.tolist(), "auc": auc, "d": (high.mean() - low.mean()) / np.sqrt(pooled)}


def calibration(confidence, right, ends):
    at = np.searchsorted(ends, confidence, side="left")  # (previous, end]
    gaps = [abs(confidence[at == b].sum() - right[at == b].sum()) for b in range(len(ends))]
    return {"confidence": confidence.tolist(), "right": right.astype(bool).tolist(), "ends": ends,
            "ece": sum(gaps) / len(confidence)}


def logistic(x, y, ridge):
    design = np.column_stack([x, np.ones(len(x))])

    def loss(w):
        z = design @ w
        return np.sum(np.logaddexp(0, np.where(y, -z, z))) + ridge / 2 * np.sum(w[:-1] ** 2)

    def slope(w):
        return design.T @ (1 / (1 + np.exp(-(design @ w))) - y) + ridge * np.append(w[:-1], 0)

    fit = minimize(loss, np.zeros(design.shape[1]), jac=slope, method="BFGS", options={"gtol": 1e-9})
    return {"features": x.tolist(), "labels": y.tolist(), "ridge": ridge, "weights": fit.x.tolist()}


confidence = np.concatenate([rng.uniform(0.5, 1, 60), [0.5, 0.9, 0.99, 1.0]])
overlap = rng.normal(size=(80, 3))
apart = np.concatenate([rng.normal(-4, 1, (20, 2)), rng.normal(4, 1, (20, 2))])
golden = {
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
    "wilson": [interval(k, n, "wilson", level) for k, n, level in
               [(0, 10, 0.95), (10, 10, 0.95), (1, 3, 0.95), (995, 1000, 0.95), (7, 23, 0.9)]],
    "exact": [interval(k, n, "exact", level) for k, n, level in
              [(0, 3000, 0.9), (1, 60, 0.9), (3, 10_000, 0.95), (5, 5, 0.9)]],
    "compared": [compared(rng.normal(0, 1, 12), rng.normal(1, 2, 9)), compared([1, 2, 2, 3], [2, 2, 4, 5, 5]),
                 compared([3, 4], [1, 2])],
    "calibration": [calibration(confidence, rng.random(64) < confidence, [0.6, 0.8, 0.9, 0.99, 1.0]),
                    calibration(confidence, rng.random(64) < confidence, [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1])],
    "logistic": [logistic(overlap, overlap @ [1, -2, 0.5] + rng.normal(size=80) > 0.3, 1.0),
                 logistic(apart, np.arange(40) >= 20, 0.1)],
}
OUT.write_text(json.dumps(golden, indent=1) + "\n")
