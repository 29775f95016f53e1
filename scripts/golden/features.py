"""Golden values for test/text/features.test.ts: features of text by an implementation that shares no code with src.

Run:  python3 scripts/golden/features.py        (writes fixtures/golden/features.json; needs numpy and scipy)

Words by Unicode categories and character names, HD-D from scipy's hypergeometric distribution, MTLD by a recount of
every prefix, n-grams as tuples, sentences by a scan over characters, cosines from numpy vectors.
"""

import json
import platform
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import hypergeom

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "features.json"
rng = np.random.default_rng(20240303)

COMMON = set(
    """a an the and or but if so as of in on at by to for from with about into than then that this these those it its he
she they them his her their we us our you your i me my is are was were be been being am do does did have has had not no
yes will would can could should may might must there here what which who when where how why all any some more most very
just also only up down out over such one""".split()
)
COMMON_CHARACTERS = set("的了是在我你他她它们这那有和与不就也都要会到说着上下个一为之以于而及并")
ABBREVIATIONS = set("mr mrs ms dr prof st vs etc no fig eq e.g i.e cf approx inc ltd jr sr dept".split())


def is_ideograph(c):
    name = unicodedata.name(c, "")
    return name.startswith(("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER", "CJK COMPATIBILITY IDEOGRAPH"))


def is_letter(c):
    return unicodedata.category(c)[0] in "LMN" and not is_ideograph(c)


def words(text):
    text = unicodedata.normalize("NFC", text).lower()
    out, i = [], 0
    while i < len(text):
        if is_ideograph(text[i]):
            out.append(text[i])
            i += 1
        elif is_letter(text[i]):
            j = i
            while j < len(text) and (
                is_letter(text[j])
                or (text[j] in "'’-‐" and j + 1 < len(text) and is_letter(text[j + 1]) and is_letter(text[j - 1]))
            ):
                j += 1
            out.append(text[i:j])
            i = j
        else:
            i += 1
    return out


def distinct(tokens, n):
    grams = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    return len(set(grams)) / len(grams) if grams else None


def factors(tokens):
    count, start = 0.0, 0
    for end in range(1, len(tokens) + 1):
        part = tokens[start:end]
        if len(set(part)) / len(part) < 0.72:
            count, start = count + 1, end
    part = tokens[start:]
    return count + ((1 - len(set(part)) / len(part)) / 0.28 if part else 0)


def mtld(tokens):
    both = [factors(tokens), factors(tokens[::-1])]
    return None if 0 in both else float(np.mean([len(tokens) / f for f in both]))


def hdd(tokens):
    if len(tokens) < 42:
        return None
    return float(sum(1 - hypergeom.pmf(0, len(tokens), c, 42) for c in Counter(tokens).values()) / 42)


def sentences(text):
    found, start, i = [], 0, 0
    while i < len(text):
        c, end = text[i], 0
        if c in "。！？!?…":
            while i + end < len(text) and text[i + end] in "。！？!?…":
                end += 1
        elif c == "\n":
            while i + end < len(text) and text[i + end] == "\n":
                end += 1
        elif c == ".":
            j = i + 1
            while j < len(text) and text[j] in "\"'”’)]*_":
                j += 1
            before = text[start:i].split()[-1:] if text[start:i][-1:].strip() else []
            word = before[0].lstrip("(\"'").lower() if before else ""
            known = word in ABBREVIATIONS or word.isdigit() or (len(word) == 1 and unicodedata.category(word)[0] == "L")
            if (j == len(text) or text[j].isspace()) and not known:
                end = 1
        if end:
            found.append(text[start:i])
            i += end
            start = i
        else:
            i += 1
    return found + [text[start:]]


def clauses(sentence):
    parts = [""]
    for i, c in enumerate(sentence):
        open_comma = c in ",:" and (i + 1 == len(sentence) or sentence[i + 1].isspace())
        if c in "，；：—;" or open_comma:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def terms(tokens):
    out = []
    for i, w in enumerate(tokens):
        if is_ideograph(w[0]):
            if i and is_ideograph(tokens[i - 1][0]) and not {w, tokens[i - 1]} & COMMON_CHARACTERS:
                out.append(tokens[i - 1] + w)
        elif w not in COMMON:
            out.append(w)
    return out


def drift(tokens):
    t = terms(tokens)
    windows = [Counter(t[i : i + 20]) for i in range(0, len(t) - 19, 20)]
    if len(windows) < 2:
        return None, None
    vocabulary = sorted(set(t))
    vectors = [np.array([w[v] for v in vocabulary], float) for w in windows]
    cosine = lambda a, b: float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    steps = [cosine(a, b) for a, b in zip(vectors, vectors[1:])]
    return 1 - float(np.mean(steps)), 1 - cosine(vectors[0], vectors[-1])


def features(text):
    tokens = words(text)
    lengths = [[n for n in (len(words(c)) for c in clauses(s)) if n] for s in sentences(text)]
    lengths = [row for row in lengths if row]
    step, whole = drift(tokens)
    row = {"words": len(tokens), "mtld": mtld(tokens), "hdd": hdd(tokens), "sentences": len(lengths)}
    for n in (1, 2, 3, 4):
        row[f"distinct-{n}"] = distinct(tokens, n)
        row[f"rep-{n}"] = None if row[f"distinct-{n}"] is None else 1 - row[f"distinct-{n}"]
    row["seq-rep-4"] = row["rep-4"]
    row["sentenceWords"] = float(np.mean([sum(r) for r in lengths])) if lengths else None
    row["clauseWords"] = float(np.mean([n for r in lengths for n in r])) if lengths else None
    row["driftStep"], row["driftWhole"] = step, whole
    return row


def prose(n, pool, sentence):
    out = []
    for i in range(n):
        out.append(str(rng.choice(pool)) + (sentence if rng.random() < 0.12 else ""))
    return out


LETTER = """Dear Mr. Hale, the lamp at Carrow Point was lit at 4.20 p.m. on the third; the sky had been dark since noon. "The
wind," wrote Dr. J. Smith, "rose steadily until midnight." He paid 1,250.50 for oil (see no. 7)! Why? Nobody's brother-in-law knew..."""
LIST = """**Ingredients:**

1. Two cups of flour, sifted
2. One egg; one yolk
3. Salt, e.g. sea salt.

Mix everything: then wait… Bake at 180 C — no hotter!"""
CHINESE = """我在网上买了一箱苹果，收到时有三个已经坏了。卖家说只能退一个的钱！请帮我写一段礼貌但态度明确的回复：说明我的要求、理由；谢谢……
天气预报说明天下雨，苹果园的工人今天就要把苹果摘完，否则苹果会坏。水果店的老板等了一天，也没有等到卖家的电话。"""
MIXED = "DeepSeek-R1是一个reasoning模型。它的GPU用量：H800，共2,048张。It's trained with RL, 对吗?"
pool = [f"w{i}" for i in range(60)] + ["lamp", "oil", "the", "of", "and", "the", "a"] * 3
cases = {
    "empty": "",
    "only marks": "... !? —",
    "one word": "Wait",
    "letter": LETTER,
    "list": LIST,
    "chinese": CHINESE,
    "chinese, repeated": CHINESE * 3,
    "mixed": MIXED,
    "loop": "the cat sat on the mat. " * 30,
    "accents": "Cafe\u0301 caf\u00e9 CAFÉ, naïve coöperation; Straße. Да, это так.",
    "emoji and code": "🙂 print('x_1') \u2192 x.y == 3.14 🙂🙂",
    "random prose": " ".join(prose(400, pool, ".")),
    "random prose, richer": " ".join(prose(300, [f"v{i}" for i in range(900)], ",")),
    "japanese": "東京の天気はとても良いです。カメラを買いました。",
    "forty-two words": " ".join(f"t{i % 30}" for i in range(42)),
}
OUT.write_text(
    json.dumps(
        {
            "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
            "cases": [{"name": name, "text": text, "expected": features(text)} for name, text in cases.items()],
        },
        ensure_ascii=False,
        indent=1,
    )
    + "\n"
)
