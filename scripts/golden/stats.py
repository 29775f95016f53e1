"""Golden values for test/stats from numpy, scipy and mpmath.

Run:  python3 scripts/golden/stats.py        (writes fixtures/golden/stats.json)

Every expected value comes from an implementation that shares no code with src/stats. Long vectors are
stored as recipes that both languages evaluate exactly (see `expand`); everything else is stored in full.
Non-finite numbers are the strings "NaN", "Infinity" and "-Infinity".
"""

import json
import math
import platform
from pathlib import Path

import mpmath
import numpy as np
import scipy
from scipy import special, stats

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "stats.json"
mpmath.mp.dps = 50
rng = np.random.default_rng(20240229)


def expand(recipe):
    """The vector a recipe stands for. Only operations that round the same way everywhere."""
    kind, n = recipe["kind"], recipe.get("n")
    if kind == "values":
        return np.array(recipe["values"], dtype=np.float64)
    if kind == "constant":
        return np.full(n, recipe["value"], dtype=np.float64)
    if kind == "peak":
        row = np.full(n, recipe["rest"], dtype=np.float64)
        row[recipe["at"]] = recipe["peak"]
        return row
    if kind == "geometric":
        row, value = [], 1.0
        for _ in range(n):
            row.append(value)
            value *= recipe["ratio"]
        return np.array(row)
    if kind == "residues":
        return np.array([(i * 7919) % 1009 + 1 for i in range(n)], dtype=np.float64) * recipe["scale"]
    raise ValueError(kind)


def plain(value):
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def values(array):
    return {"kind": "values", "values": [float(v) for v in array]}


def softmax32(logits):
    weights = np.exp(np.float64(logits) - np.max(logits))
    return np.float32(weights / weights.sum())


def softmax16(logits):
    weights = np.exp(np.float64(logits) - np.max(logits))
    return np.float16(weights / weights.sum())


def entropy_cases():
    constant = lambda n, value: {"kind": "constant", "n": n, "value": value}
    peak = lambda n, at, top, rest: {"kind": "peak", "n": n, "at": at, "peak": top, "rest": rest}
    rows = {
        "one key": values([1.0]),
        "one key, unnormalised": values([0.3]),
        "two equal keys": values([0.5, 0.5]),
        "two unequal keys": values([0.9, 0.1]),
        "three keys": values([0.2, 0.3, 0.5]),
        "three keys, unnormalised": values([2.0, 3.0, 5.0]),
        "zeros between": values([0.0, 0.25, 0.0, 0.75, 0.0]),
        "uniform 1000": constant(1000, 1e-3),
        "uniform 1024": constant(1024, 2.0**-10),
        "uniform 100000": constant(100_000, 1e-5),
        "uniform 100000, weights of one": constant(100_000, 1.0),
        "one-hot 1000": peak(1000, 417, 1.0, 0.0),
        "near one-hot, rest 1e-30": peak(1000, 0, 1.0, 1e-30),
        "near one-hot, rest 1e-9": peak(1000, 999, 1.0, 1e-9),
        "near one-hot, rest 1e-3": peak(8, 3, 0.993, 1e-3),
        "geometric 1/2": {"kind": "geometric", "n": 64, "ratio": 0.5},
        "geometric 0.9": {"kind": "geometric", "n": 1000, "ratio": 0.9},
        "geometric 0.999": {"kind": "geometric", "n": 2000, "ratio": 0.999},
        "residues 1000": {"kind": "residues", "n": 1000, "scale": 1e-6},
        "residues 100000": {"kind": "residues", "n": 100_000, "scale": 1.0},
        "float32 softmax, logits sd 1": values(softmax32(rng.normal(0, 1, 64))),
        "float32 softmax, logits sd 8": values(softmax32(rng.normal(0, 8, 64))),
        "float32 softmax, logits sd 60": values(softmax32(rng.normal(0, 60, 64))),
        "float32 softmax, logits near 1e4": values(softmax32(1e4 + rng.normal(0, 2, 64))),
        "float16 softmax, logits sd 3": values(softmax16(rng.normal(0, 3, 128))),
        "subnormal weights": values([5e-324, 1e-320, 3e-310, 2e-308]),
        "one with subnormal rest": peak(500, 20, 1.0, 5e-324),
        "tiny total": constant(7, 1e-200),
        "huge total": values([1e300, 2e300, 3e300]),
    }
    cases = [
        {"name": name, "row": row, "bits": plain(stats.entropy(expand(row), base=2))} for name, row in rows.items()
    ]
    row = values([9.0, 0.5, 0.25, 0.25, 9.0])
    cases.append({"name": "inner range", "row": row, "from": 1, "to": 4, "bits": plain(stats.entropy(expand(row)[1:4], base=2))})
    return cases


def log_sum_exp_cases():
    rows = {
        "one value": [0.7],
        "two zeros": [0.0, 0.0],
        "overflow": [1000.0, 1000.0],
        "underflow": [-1000.0, -1001.0],
        "far apart": [0.0, -745.0, 50.0],
        "some minus infinity": [-math.inf, 1.0, -math.inf, 2.0],
        "only minus infinity": [-math.inf, -math.inf],
        "plus infinity": [1.0, math.inf],
        "not a number": [1.0, math.nan],
        "normal": rng.normal(0, 5, 200).tolist(),
        "large logits": (1e6 + rng.normal(0, 3, 50)).tolist(),
    }
    cases = [
        {"name": name, "row": {"kind": "values", "values": [plain(v) for v in row]}, "value": plain(special.logsumexp(row))}
        for name, row in rows.items()
    ]
    recipe = {"kind": "residues", "n": 100_000, "scale": 0.01}
    return [*cases, {"name": "100000 residues", "row": recipe, "value": plain(special.logsumexp(expand(recipe)))}]


def normalize_log_cases():
    rows = [
        [0.0],
        [0.0, math.log(3)],
        [-10_000.0, -10_001.0, -10_005.5],
        [800.0, 0.0, -800.0],
        [-math.inf, -3.0, -2.0],
        rng.normal(-50, 20, 8).tolist(),
    ]
    return [{"logs": [plain(v) for v in row], "posterior": [plain(v) for v in special.softmax(row)]} for row in rows]


def pearson_cases():
    x = rng.normal(0, 1, 100)
    y = 0.6 * x + rng.normal(0, 1, 100)
    log_probs = -np.abs(rng.normal(12, 3, 60))
    pairs = {
        "two pairs": ([1.0, 2.0], [5.0, 3.0]),
        "docstring": ([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 9.0]),
        "exact line": ([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.0]),
        "moderate": (x, y),
        "unrelated": (x[:50], x[50:]),
        "offset 1e9": (x + 1e9, y + 1e9),
        "small scale": (x * 1e-12, y * 1e-9),
        "log-probabilities, nearly equal": (log_probs, log_probs + rng.normal(0, 1e-3, 60)),
        "ties": ([1.0, 1.0, 2.0, 2.0, 3.0], [4.0, 1.0, 4.0, 1.0, 4.0]),
    }
    return [
        {"name": name, "x": [float(v) for v in a], "y": [float(v) for v in b], "r": plain(stats.pearsonr(a, b)[0])}
        for name, (a, b) in pairs.items()
    ]


def student_t_cases():
    cases = []
    for df in (0.5, 1.0, 2.0, 3.0, 4.5, 10.0, 30.0, 100.0):
        for x, location, scale in ((0.0, 0.0, 1.0), (1.3, 0.0, 1.0), (-7.5, 0.25, 0.5), (0.003, 0.001, 1e-4), (250.0, 0.0, 2.0)):
            value = stats.t.logpdf(x, df, loc=location, scale=scale)
            cases.append({"x": x, "df": df, "location": location, "scale": scale, "value": plain(value), "from": "scipy"})
    for df, x in ((0.01, 1.0), (1e4, 2.0), (1e6, 0.0), (1e6, 5.0), (1e10, 3.0), (3.0, 1e12), (3.0, 1e150), (3.0, 1e-12)):
        cases.append({"x": x, "df": df, "location": 0.0, "scale": 1.0, "value": plain(precise_t(x, df)), "from": "mpmath"})
    return cases


def precise_t(x, df):
    x, df = mpmath.mpf(x), mpmath.mpf(df)
    peak = mpmath.loggamma((df + 1) / 2) - mpmath.loggamma(df / 2) - mpmath.log(df * mpmath.pi) / 2
    return peak - (df + 1) / 2 * mpmath.log1p(x * x / df)


def log_gamma_half_step_cases():
    points = (0.005, 0.25, 0.5, 1.0, 1.5, 4.75, 19.999, 20.0, 20.001, 57.3, 1e3, 1e6, 1e12)
    return [{"x": x, "value": plain(mpmath.loggamma(mpmath.mpf(x) + 0.5) - mpmath.loggamma(mpmath.mpf(x)))} for x in points]


def summary_cases():
    samples = {
        "one": [2.5],
        "two": [3.0, 1.0],
        "four": [4.0, 1.0, 3.0, 2.0],
        "ties": [1.0, 1.0, 1.0, 2.0, 2.0, 9.0],
        "normal 101": rng.normal(10, 3, 101).tolist(),
        "latency 200": (rng.gamma(2.0, 4.0, 200) + 12).tolist(),
        "offset 1e9": (1e9 + rng.normal(0, 1, 40)).tolist(),
        "negative and zero": [-5.0, 0.0, -0.5, 3.0, -5.0],
    }
    return [{"name": name, "values": sample, **summary(np.array(sample))} for name, sample in samples.items()]


def summary(sample):
    names = {"min": 0, "p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95, "max": 1}
    expected = {name: plain(np.quantile(sample, p)) for name, p in names.items()}
    sd = None if len(sample) < 2 else plain(np.std(sample, ddof=1))
    return {"expected": {"n": len(sample), **expected, "mean": plain(math.fsum(sample) / len(sample)), "sd": sd}}


def repetition_cases():
    """Counts by collections of tuples, as in the reference code of Welleck et al. and of SimCTG."""
    streams = {
        "docstring": [5, 6, 5, 6, 5],
        "two tokens": [5, 6],
        "empty": [],
        "constant": [7] * 12,
        "all different": list(range(20)),
        "refrain": [1, 2, 3, 4, 5] * 6,
        "joined digits differ": [1, 11, 11, 1, 1, 111, 1, 11],
        "random, 8 tokens": rng.integers(0, 8, 96).tolist(),
        "random, 50000 tokens": rng.integers(0, 50_000, 96).tolist(),
    }
    cases = []
    for name, ids in streams.items():
        expected = {}
        for n in (1, 2, 3, 4):
            grams = list(zip(*(ids[k:] for k in range(n))))
            distinct = len(set(grams)) / len(grams) if grams else None
            expected[f"distinct-{n}"] = distinct
            expected[f"rep-{n}"] = None if distinct is None else 1.0 - distinct
        expected["seq-rep-4"] = expected["rep-4"]
        cases.append({"name": name, "ids": ids, "expected": expected})
    return cases


def wasserstein_cases():
    """Drawn from a generator of their own, so that the cases above and below keep their values."""
    draw = np.random.default_rng(1974)
    samples = {
        "docstring": ([0.0, 1.0, 3.0], [5.0, 6.0, 8.0]),
        "one value each": ([2.0], [-1.5]),
        "equal": ([3.0, 1.0, 2.0], [1.0, 2.0, 3.0]),
        "other size, same distribution": ([0.0, 1.0], [0.0, 0.0, 1.0, 1.0]),
        "4 heads and 8": (draw.uniform(0, 1, 4), draw.uniform(0, 1, 8)),
        "12 heads and 7": (draw.beta(8, 2, 12), draw.beta(5, 2, 7)),
        "3 and 1": ([0.2, 0.9, 0.4], [0.5]),
        "ties": ([1.0, 1.0, 2.0, 2.0], [1.0, 2.0, 2.0, 2.0, 2.0]),
        "128 heads": (draw.normal(0.7, 0.1, 128), draw.normal(0.71, 0.12, 128)),
        "offset 1e6": (1e6 + draw.normal(0, 1, 30), 1e6 + draw.normal(0, 1, 31)),
        "far apart": (draw.normal(0, 1, 20), draw.normal(1e9, 1, 33)),
    }
    return [
        {"name": name, "a": [float(v) for v in a], "b": [float(v) for v in b], "value": plain(stats.wasserstein_distance(a, b))}
        for name, (a, b) in samples.items()
    ]


def simple_statistics_cases():
    """One block per function of simple-statistics that src/ imports; a test compares the two lists."""
    sample = rng.normal(3, 2, 37)
    other = 0.4 * sample + rng.normal(0, 1, 37)
    ordered = np.sort(sample).tolist()
    return {
        "mean": [{"args": [sample.tolist()], "value": plain(math.fsum(sample) / len(sample))}]
        + [{"args": [[1e16, 1.0, -1e16, 1.0]], "value": 0.5}],
        "quantileSorted": [{"args": [ordered, p], "value": plain(np.quantile(sample, p))} for p in (0, 0.05, 0.25, 0.5, 0.9, 0.95, 1)]
        + [{"args": [[1.0, 2.0, 3.0, 4.0], 0.9], "value": plain(np.quantile([1.0, 2.0, 3.0, 4.0], 0.9))}],
        "sampleCorrelation": [{"args": [sample.tolist(), other.tolist()], "value": plain(stats.pearsonr(sample, other)[0])}],
        "sampleStandardDeviation": [{"args": [sample.tolist()], "value": plain(np.std(sample, ddof=1))}],
    }


def main():
    golden = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "mpmath": mpmath.__version__,
        },
        "entropyBits": entropy_cases(),
        "logSumExp": log_sum_exp_cases(),
        "normalizeLog": normalize_log_cases(),
        "pearson": pearson_cases(),
        "studentTLogPdf": student_t_cases(),
        "logGammaHalfStep": log_gamma_half_step_cases(),
        "summarize": summary_cases(),
        "repetition": repetition_cases(),
        "wasserstein1": wasserstein_cases(),
        "simpleStatistics": simple_statistics_cases(),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden, indent=None, separators=(",", ":"), allow_nan=False).replace('},{', '},\n{') + "\n")
    print(f"{OUT.name}: {OUT.stat().st_size} bytes, {len(golden['entropyBits'])} entropy rows")


if __name__ == "__main__":
    main()
