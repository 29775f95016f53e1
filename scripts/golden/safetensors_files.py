"""Good safetensors files and what the reference implementation reads from them.

pip install safetensors==0.8.0
python3 scripts/golden/safetensors_files.py > test/formats/safetensors/golden.json

Each file goes through safetensors.deserialize, which refuses what it does not accept.
"""

import base64
import json
import struct
import sys

import numpy
import safetensors
from safetensors.numpy import save

DTYPES = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}


def around(header, data):
    text = (header if isinstance(header, str) else json.dumps(header)).encode()
    return struct.pack("<Q", len(text)) + text + bytes(data)


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def files():
    yield "written by the library", save(
        {"b": numpy.zeros((2, 3), numpy.float32), "a": numpy.zeros(5, numpy.int8), "s": numpy.zeros((), numpy.float64)},
        metadata={"format": "pt", "quote": '"\\\n', "script": "é世😀"},
    )
    yield "no tensors", around("{}", 0)
    yield "padded", around("{}" + " " * 14, 0)
    yield "spaces and line breaks inside", around('{ "a" :\n\t{ "shape" : [ 2 , 1 ] ,\r\n"data_offsets":[0,2],"dtype":"U8" } }', 2)
    yield "metadata last", around({"a": entry("U8", [1], 0, 1), "__metadata__": {}}, 1)
    yield "names of any kind", around({name: entry("U8", [0], 0, 0) for name in ["", "__proto__", "é世😀", "a b\n", "constructor"]}, 0)
    yield "escaped field names", around('{"a":{"d\\u0074ype":"U8","sh\\u0061pe":[1],"data_offsets":[0,1]}}', 1)
    yield "against the order of the data", around(
        {"c": entry("F32", [1], 6, 10), "b": entry("U8", [0, 3], 2, 2), "a": entry("I16", [1], 0, 2), "d": entry("U16", [2], 2, 6)}, 10
    )
    yield "empty tensors at both ends", around({"a": entry("F32", [0], 0, 0), "b": entry("U8", [3], 0, 3), "c": entry("I64", [4, 0], 3, 3)}, 3)
    yield "a scalar", around({"a": entry("F64", [], 0, 8)}, 8)
    yield "twelve dimensions", around({"a": entry("U8", [1] * 11 + [2], 0, 2)}, 2)
    for dtype, bits in DTYPES.items():
        yield f"dtype {dtype}", around({"a": entry(dtype, [2, 4], 0, bits)}, bits)


def read(data):
    return {
        name: [info["dtype"], list(info["shape"]), len(info["data"])] for name, info in safetensors.deserialize(data)
    }


golden = [{"name": name, "base64": base64.b64encode(data).decode(), "tensors": read(data)} for name, data in files()]
json.dump({"safetensors": safetensors.__version__, "files": golden}, sys.stdout, indent=1, ensure_ascii=True)
print()
