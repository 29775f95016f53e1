"""Golden values of intervals and one- and two-sample tests from scipy, and from mpmath where scipy loses digits (betainc).

Run:  python3 scripts/golden/two_sample.py      (writes fixtures/golden/two-sample.json)

Bootstrap intervals are compared on equal resamples: `mulberry32` draws the indices that src/core/rng.ts draws, and
scipy.stats.bootstrap is handed their statistics.
"""

import json
import platform
from pathlib import Path
from types import SimpleNamespace

import mpmath
import numpy as np
import scipy
from scipy import special, stats

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "two-sample.json"
rng = np.random.default_rng(1908)
mpmath.mp.dps = 30
MASK = 0xFFFFFFFF


def mulberry32(seed):
    state = seed & MASK
    while True:
        state = (state + 0x6D2B79F5) & MASK
        mixed = ((state ^ (state >> 15)) * (state | 1)) & MASK
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61) & MASK)) & MASK
        yield ((mixed ^ (mixed >> 14)) & MASK) / 4294967296


def beta_cdf(x, a, b):
    if a + b < 1_000:
        return float(mpmath.betainc(a, b, 0, x, regularized=True))
    # The hypergeometric series does not converge there; whole parameters make it a binomial tail.
    n, x = int(a + b - 1), mpmath.mpf(x)
    term = mpmath.binomial(n, a) * x**a * (1 - x) ** (n - a)
    total = mpmath.mpf(0)
    for j in range(int(a), n + 1):
        total += term
        term *= mpmath.mpf(n - j) / (j + 1) * x / (1 - x)
    return float(total)


def incomplete_beta_cases():
    points = [(0.5, 2, 3), (0.01, 0.5, 0.5), (0.999, 30, 2), (0.2, 1, 1), (1e-9, 1, 50), (0.3, 300, 700), (0.0101, 100, 9900), (0.499, 20_000, 20_000), (0.4, 1e-3, 2)]
    return [{"x": x, "a": a, "b": b, "value": beta_cdf(x, a, b)} for x, a, b in points]


def clopper_pearson_cases():
    counts = [(0, 1), (1, 1), (0, 10), (10, 10), (3, 150), (1, 150), (75, 150), (2, 5), (499, 10_000), (0, 10_000), (9_999, 10_000)]
    cases = []
    for k, n in counts:
        for level in (0.5, 0.95, 0.99):
            interval = stats.binomtest(k, n).proportion_ci(confidence_level=level, method="exact")
            cases.append({"successes": k, "trials": n, "level": level, "low": float(interval.low), "high": float(interval.high)})
    return cases


def normal_cases():
    points = [-37.0, -20.0, -8.3, -5.0, -3.0001, -3.0, -1.96, -0.5, -1e-12, 0.0, 1e-6, 0.7, 2.9, 3.1, 6.0, 9.0]
    levels = [1e-300, 1e-12, 1e-4, 0.025, 0.3, 0.5, 0.500001, 0.9, 0.975, 1 - 1e-9]
    return {
        "cdf": [{"z": z, "value": float(special.ndtr(z))} for z in points],
        "quantile": [{"p": p, "value": float(special.ndtri(p))} for p in levels],
    }


def kolmogorov_cases():
    return [{"x": x, "value": float(special.kolmogorov(x))} for x in (0.0, 0.1, 0.19, 0.4, 0.8, 0.99, 1.0, 1.01, 1.36, 2.0, 4.0)]


def ks_uniform_cases():
    samples = [
        [0.5],
        [0.1, 0.5, 0.9],
        [0.0, 0.0, 1.0],
        rng.uniform(size=10).tolist(),
        rng.uniform(size=100).tolist(),
        (rng.uniform(size=100) ** 1.3).tolist(),
        (rng.uniform(size=37) ** 3).tolist(),
        rng.beta(1.2, 1, 400).tolist(),
    ]
    return [{"values": s, **ks(stats.kstest(s, "uniform", method="exact"))} for s in samples]


def ks_two_sample_cases():
    pairs = [
        ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]),
        ([1.0], [2.0]),
        (rng.normal(size=9), rng.normal(size=14)),
        (rng.normal(size=40), rng.normal(0.8, 1, 40)),
        (rng.normal(size=100), rng.normal(1.5, 1, 61)),
        (rng.integers(0, 6, 30), rng.integers(0, 6, 25)),
    ]
    return [
        {"a": [float(v) for v in a], "b": [float(v) for v in b], **ks(stats.ks_2samp(a, b, method="exact"))} for a, b in pairs
    ]


def ks(result):
    return {"statistic": float(result.statistic), "p": float(result.pvalue)}


def bootstrap_cases():
    statistics = {"mean": np.mean, "median": np.median}
    samples = {
        "normal": rng.normal(10, 3, 25),
        "skewed": rng.gamma(1.5, 4.0, 40),
        "heavy tail": np.abs(rng.standard_t(3, 61)) + 1,
    }
    cases = []
    for name, sample in samples.items():
        for label, statistic in statistics.items():
            for method in ("percentile", "bca"):
                cases.append(bootstrap_case(name, sample, label, statistic, method))
    return cases


def bootstrap_case(name, sample, label, statistic, method):
    seed, resamples, level = 7, 999, 0.9
    draw = mulberry32(seed)
    rows = np.array([[int(next(draw) * len(sample)) for _ in sample] for _ in range(resamples)])
    distribution = statistic(sample[rows], axis=-1)
    known = SimpleNamespace(bootstrap_distribution=distribution)
    result = stats.bootstrap((sample,), statistic, n_resamples=0, confidence_level=level, method=method, bootstrap_result=known)
    return {
        "name": f"{name}, {label}, {method}",
        "values": [float(v) for v in sample],
        "statistic": label,
        "method": method,
        "seed": seed,
        "resamples": resamples,
        "level": level,
        "low": float(result.confidence_interval.low),
        "high": float(result.confidence_interval.high),
    }


def main():
    golden = {
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "mpmath": mpmath.__version__},
        "incompleteBeta": incomplete_beta_cases(),
        "clopperPearson": clopper_pearson_cases(),
        "normal": normal_cases(),
        "kolmogorov": kolmogorov_cases(),
        "ksUniform": ks_uniform_cases(),
        "ksTwoSample": ks_two_sample_cases(),
        "bootstrap": bootstrap_cases(),
    }
    OUT.write_text(json.dumps(golden, separators=(",", ":"), allow_nan=False).replace("},{", "},\n{") + "\n")
    print(f"{OUT.name}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
