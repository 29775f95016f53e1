"""
Golden decodings of quantized weights. Reference implementations: gguf 0.19.0 (gguf.quants.dequantize) for every ggml
type it decodes; numpy 2.4.6 and ml_dtypes 0.6.0 with the formula of the format's own description for the rest.

    pip install --target "$DIR" gguf==0.19.0 numpy==2.4.6 ml_dtypes==0.6.0
    PYTHONPATH="$DIR" python3 scripts/golden/quantized.py fixtures/quantized
"""

import base64
import json
import pathlib
import sys

import gguf
import ml_dtypes
import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as Type
from gguf.quants import _type_traits, dequantize

import quantized_packed

RNG = np.random.default_rng(4)


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def finite_blocks(count, size, decode):
    """Random bytes, redrawn until the scales in them are ordinary numbers."""
    blocks = []
    while len(blocks) < count:
        block = RNG.integers(0, 256, size, dtype=np.uint8)
        values = decode(block)
        if np.isfinite(values).all() and 1e-12 < np.abs(values).max() < 1e6:
            blocks.append(block)
    return np.concatenate(blocks)


def q1_0(data):
    """ggml-quants.c, dequantize_row_q1_0: scale, then one sign bit per number."""
    blocks = data.reshape(-1, 18)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    bits = np.unpackbits(blocks[:, 2:], axis=1, bitorder="little")
    return (scale * np.where(bits == 1, np.float32(1), np.float32(-1))).reshape(-1)


def q2_0(data):
    """ggml-quants.c, dequantize_row_q2_0: scale, then two bits per number, 0 to 3 for -1 to 2."""
    blocks = data.reshape(-1, 18)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    codes = (blocks[:, 2:, None] >> np.array([0, 2, 4, 6], dtype=np.uint8)) & 3
    return (scale * (codes.reshape(len(blocks), -1).astype(np.float32) - 1)).reshape(-1)


def ggml():
    decoders = {
        kind.name: (GGML_QUANT_SIZES[kind], lambda data, kind=kind: dequantize(data, kind).reshape(-1))
        for kind in _type_traits
        if kind.name != "BF16"
    }
    decoders["Q1_0"] = ((128, 18), q1_0)
    decoders["Q2_0"] = ((64, 18), q2_0)
    types = {}
    for name, ((values, size), decode) in sorted(decoders.items()):
        data = finite_blocks(2 if values == 256 else 4, size, decode)
        types[name] = {"bytes": text(data), "values": text(decode(data).astype(np.float32))}
    return types


def write(folder, name, made_by, content):
    document = {"madeBy": made_by, **content}
    (folder / name).write_text(json.dumps(document, indent=1) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    versions = f"gguf 0.19.0, numpy {np.__version__}"
    with np.errstate(all="ignore"):
        write(folder, "ggml.json", f"scripts/golden/quantized.py with {versions}", {"types": ggml()})
    made_by = f"scripts/golden/quantized_packed.py with numpy {np.__version__}, ml_dtypes {ml_dtypes.__version__}"
    for name, cases in quantized_packed.families().items():
        write(folder, f"{name}.json", made_by, {"cases": cases})


main()
