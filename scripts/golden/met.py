"""Golden values of Model Equality Testing, written from the formula in numpy.

Run:  python3 scripts/golden/met.py        (writes fixtures/golden/met.json)

Texts become rows of 1,000 code points, padded with -1. k(x, y) counts equal places if the prompts are equal and is 0
otherwise; k / sqrt(k(x,x) k(y,y)) normalises it. The statistic is the mean of k over pairs of different rows of the first
sample, minus twice the mean across, plus the mean within the second; means run over pairs of equal prompts. Small cases
also have the exact permutation p: all ways to relabel within prompts. JSD comes from scipy.
"""

import itertools
import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.spatial import distance

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "met.json"
LENGTH = 1000
rng = np.random.default_rng(241020247)


def rows(texts):
    out = np.full((len(texts), LENGTH), -1, dtype=np.int64)
    for i, text in enumerate(texts):
        points = [ord(c) for c in text][:LENGTH]
        out[i, : len(points)] = points
    return out


def kernel(a, prompts_a, b, prompts_b):
    counts = np.array([[np.sum(x == y) for y in b] for x in a], dtype=np.float64)
    counts[np.not_equal.outer(prompts_a, prompts_b)] = 0.0
    return counts / np.sqrt(np.outer(np.sum(a == a, axis=1), np.sum(b == b, axis=1)))


def statistic(x, prompts_x, y, prompts_y):
    def mean(k, same):
        return k[same].sum() / same.sum()

    same_x = np.equal.outer(prompts_x, prompts_x) & ~np.eye(len(x), dtype=bool)
    same_y = np.equal.outer(prompts_y, prompts_y) & ~np.eye(len(y), dtype=bool)
    same_xy = np.equal.outer(prompts_x, prompts_y)
    kxx, kyy, kxy = kernel(x, prompts_x, x, prompts_x), kernel(y, prompts_y, y, prompts_y), kernel(x, prompts_x, y, prompts_y)
    return mean(kxx, same_x) - 2 * mean(kxy, same_xy) + mean(kyy, same_y)


def flat(prompts, side):
    texts = [text for p in prompts for text in p[side]]
    ids = np.array([i for i, p in enumerate(prompts) for _ in p[side]])
    return rows(texts), ids


def case(name, prompts, exact=False):
    x, prompts_x = flat(prompts, "first")
    y, prompts_y = flat(prompts, "second")
    pooled = [text for text in prompts[0]["first"] + prompts[0]["second"]]
    first = rows(pooled)
    same = np.zeros(len(pooled))
    out = {
        "name": name,
        "prompts": prompts,
        "kernel": kernel(first, same, first, same).tolist(),
        "statistic": float(statistic(x, prompts_x, y, prompts_y)),
    }
    if exact:
        out["exactP"] = exact_p(prompts, out["statistic"])
    return out


def exact_p(prompts, observed):
    choices = []
    for p in prompts:
        pooled = p["first"] + p["second"]
        picks = itertools.combinations(range(len(pooled)), len(p["first"]))
        choices.append([{"first": [pooled[i] for i in c], "second": [t for i, t in enumerate(pooled) if i not in c]} for c in picks])
    values = []
    for relabelled in itertools.product(*choices):
        x, prompts_x = flat(relabelled, "first")
        y, prompts_y = flat(relabelled, "second")
        values.append(statistic(x, prompts_x, y, prompts_y))
    return float(np.mean(np.array(values) >= observed - 1e-12))


ALPHABETS = {"latin": "abcde fgh", "han": "的一是不了人我在有他", "astral": "😀😃𝔸𝔹a ", "marks": "e\u0301a\u0308o"}


def text(alphabet, low, high):
    return "".join(rng.choice(list(ALPHABETS[alphabet]), int(rng.integers(low, high + 1))))


def prompts_of(alphabets, sizes, low, high):
    return [
        {"first": [text(a, low, high) for _ in range(n)], "second": [text(a, low, high) for _ in range(m)]}
        for a, (n, m) in zip(alphabets, sizes)
    ]


def shifted(prompts):
    """Second samples that start alike."""
    return [{"first": p["first"], "second": ["the same start " + t for t in p["second"]]} for p in prompts]


def main():
    names = list(ALPHABETS)
    golden = {
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
        "mmd": [
            case("two letters", [{"first": ["ab", "ab"], "second": ["ba", "bb"]}], exact=True),
            case("one prompt, latin", prompts_of(["latin"], [(5, 5)], 20, 60)),
            case("four alphabets", prompts_of(names, [(4, 4)] * 4, 5, 80)),
            case("unequal samples", prompts_of(names, [(2, 5), (3, 3), (6, 2), (1, 4)], 5, 80)),
            case("one text of a side", prompts_of(names, [(3, 3), (1, 1), (1, 3), (3, 1)], 5, 40)),
            case("longer than is compared", prompts_of(["latin", "astral"], [(2, 3), (3, 2)], 900, 1200)),
            case("empty texts", [{"first": ["", "", "a"], "second": ["", "b", "b"]}]),
            case("equal texts", [{"first": ["same"] * 3, "second": ["same"] * 3}]),
            case("different", shifted(prompts_of(["latin", "han"], [(3, 3), (3, 3)], 10, 30)), exact=True),
            case("alike", prompts_of(["latin", "han"], [(3, 3), (2, 4)], 10, 30), exact=True),
        ],
        "jensenShannon": jensen_shannon_cases(),
    }
    OUT.write_text(json.dumps(golden, separators=(",", ":"), ensure_ascii=True, allow_nan=False).replace("},{", "},\n{") + "\n")
    print(f"{OUT.name}: {OUT.stat().st_size} bytes")


def jensen_shannon_cases():
    pairs = [([1, 1], [2, 0]), ([3, 0], [0, 5]), ([1, 2, 3], [1, 2, 3]), ([10, 0, 1, 4], [2, 2, 2, 9])]
    pairs += [(rng.integers(0, 9, 12).tolist(), rng.integers(0, 9, 12).tolist()) for _ in range(4)]
    return [{"a": a, "b": b, "bits": float(distance.jensenshannon(a, b, base=2) ** 2)} for a, b in pairs]


if __name__ == "__main__":
    main()
