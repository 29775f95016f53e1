"""The attention statistics of docs and API, computed in float64 by their definitions."""
import numpy as np

KEYS = ("entropyBits", "normalizedEntropy", "firstTokenMass", "meanDistance", "maxWeight", "effectiveKeys")


def row_statistics(query, p, visible):
    """One query of one head: p and visible are [T]."""
    seen = p[visible]
    some = seen[seen > 0]
    bits = float(-(some * np.log2(some)).sum())
    return [bits, bits / np.log2(visible.sum()), p[0], query - p @ np.arange(len(p)), p.max(), 2 ** bits]


def cosine(a, b):
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def layer_statistics(p, visible):
    """{statistic: one number per head} of maps [H,S,T]; means over the queries that see at least two keys."""
    rows = [[row_statistics(s, p[h, s], visible[h, s]) for s in range(p.shape[1]) if visible[h, s].sum() >= 2]
            for h in range(len(p))]
    table = np.array(rows).mean(1)
    out = {key: table[:, i] for i, key in enumerate(KEYS)}
    out["headSimilarity"] = [np.mean([cosine(p[h], p[g]) for g in range(len(p)) if g != h]) if len(p) > 1 else 1.0
                             for h in range(len(p))]
    return out


def grids(layers):
    """[{p, visible} of one prompt] -> {statistic: [layers][heads]}, rounded to 7 digits."""
    tables = [layer_statistics(layer["p"][0], layer["visible"][0]) for layer in layers]
    return {key: [[float(f"{v:.7g}") for v in table[key]] for table in tables] for key in tables[0]}
