"""Golden values for the statistics of descent, from scipy, numpy and mpmath.

Run:  python3 scripts/golden/lineage.py        (writes fixtures/golden/lineage.json)
"""
import json
import platform
from pathlib import Path

import mpmath
import numpy as np
import scipy
from scipy import stats

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "lineage.json"
mpmath.mp.dps = 60
rng = np.random.default_rng(1935)


def poisson_cases():
    cases = []
    for count, mean in ((0, 2), (1, 0.01), (3, 1), (10, 10), (5, 40), (100, 100.5), (384, 3.1), (2000, 12.5), (40, 0.6), (1, 700)):
        below = mpmath.fsum(mpmath.exp(k * mpmath.log(mean) - mean - mpmath.loggamma(k + 1)) for k in range(count))
        tail = mpmath.log(1 - below) if count <= mean else mpmath.log(mpmath.nsum(
            lambda k: mpmath.exp(k * mpmath.log(mean) - mean - mpmath.loggamma(k + 1)), [count, count + 400]))
        cases.append({"count": count, "mean": mean, "logP": float(tail), "scipy": plain(stats.poisson.logsf(count - 1, mean))})
    return cases


def plain(value):
    return float(value) if np.isfinite(value) else None


def fisher_cases():
    rows = ([0.5], [0.01, 0.2], [1.0, 1.0], [1e-10, 0.3, 0.9], rng.uniform(0, 1, 24).tolist(), [1e-200, 1e-150])
    return [{"ps": row, "logP": float(mpmath.log(chi2_tail(row)))} for row in rows]


def chi2_tail(ps):
    half = -mpmath.fsum(mpmath.log(mpmath.mpf(p)) for p in ps)
    return mpmath.gammainc(len(ps), half, regularized=True)


def holm(ps):
    order = np.argsort(ps)
    out, largest = [0.0] * len(ps), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, ps[i] * (len(ps) - rank)))
        out[i] = largest
    return out


def cka(x, y):
    """Through explicit double centring of the U-statistic, without the shortcut of row means."""
    n = len(x)
    def hsic(k, l):
        k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
        one = np.ones(n)
        return (np.trace(k @ l) + one @ k @ one * (one @ l @ one) / ((n - 1) * (n - 2)) - 2 * (one @ k @ l @ one) / (n - 2)) / (n * (n - 3))
    return hsic(x, y) / np.sqrt(hsic(x, x) * hsic(y, y))


def matrices():
    cases = []
    for n, rank, noise in ((4, 4, 0.5), (8, 3, 0.1), (16, 16, 2.0)):
        a = rng.normal(0, 1, (n, rank))
        b = a + noise * rng.normal(0, 1, (n, rank))
        x, y = a @ a.T, b @ b.T
        cases.append({"n": n, "a": x.flatten().tolist(), "b": y.flatten().tolist(), "cka": float(cka(x, y)),
                      "eigenvalues": np.linalg.eigvalsh(x).tolist()})
    return cases


def main():
    points = (0.001, 0.5, 1.5, 3, 10.25, 19.999, 20, 171.5, 1e6)
    ps = ([0.01, 0.04, 0.03], [0.5], [1e-8, 1e-9, 0.9, 0.02, 0.02])
    golden = {
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "mpmath": mpmath.__version__},
        "logGamma": [{"x": x, "value": float(mpmath.loggamma(mpmath.mpf(x)))} for x in points],
        "poisson": poisson_cases(),
        "fisher": fisher_cases(),
        "holm": [{"ps": row, "adjusted": holm(row)} for row in ps],
        "matrices": matrices(),
    }
    OUT.write_text(json.dumps(golden, separators=(",", ":"), allow_nan=False).replace("},{", "},\n{") + "\n")
    print(OUT.name, OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
