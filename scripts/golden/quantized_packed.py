"""
Packs random integers the way each format describes and states the floats they stand for. Nothing here is shared with
the decoders under test: every number is placed bit by bit, then weighed by the published formula in float64.
"""

import base64
import json

import ml_dtypes
import numpy as np

DTYPES = {
    "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16, "I32": np.int32, "U32": np.uint32,
    "I64": np.int64, "U8": np.uint8, "I8": np.int8, "F8_E4M3": ml_dtypes.float8_e4m3fn,
    "F8_E5M2": ml_dtypes.float8_e5m2, "F8_E8M0": ml_dtypes.float8_e8m0fnu,
}
RNG = np.random.default_rng(7)
AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def case(name, values, expect, config=None, **tensors):
    method, bits, group = expect
    stored = []
    for key, (dtype, array) in tensors.items():
        array = np.asarray(array).astype(DTYPES[dtype], copy=False)
        stored.append({"name": key.replace("__", "."), "dtype": dtype, "dims": list(array.shape), "data": text(array)})
    return {"name": name, "config": config, "tensors": stored, "dims": list(values.shape),
            "quantization": {"method": method, "bits": bits, "group": group},
            "values": text(np.asarray(values, dtype=np.float64).astype(np.float32))}


def renamed(found, **names):
    for tensor in found["tensors"]:
        tensor["name"] = names.get(tensor["name"], tensor["name"])
    return found


def words_along(numbers, bits, axis):
    """Fill 32-bit words from their low end with the numbers along an axis, without gaps."""
    rows = np.moveaxis(numbers, axis, 0).astype(object)
    packed = [[0] * (len(rows) * bits // 32) for _ in range(rows[0].size)]
    flat = rows.reshape(len(rows), -1)
    for column in range(flat.shape[1]):
        total = sum(int(flat[i, column]) << (i * bits) for i in range(len(flat)))
        packed[column] = [(total >> (32 * w)) & 0xFFFFFFFF for w in range(len(packed[column]))]
    return np.moveaxis(np.array(packed, dtype=np.uint64).T, 0, axis).astype(np.uint32).view(np.int32)


def gptq(bits, inputs=32, outputs=32, group=16, reordered=False, version=1):
    groups = inputs // group
    q = RNG.integers(0, 2**bits, (inputs, outputs))
    zero = RNG.integers(1, 2**bits, (groups, outputs))
    scale = RNG.uniform(0.001, 0.02, (groups, outputs)).astype(np.float16)
    order = RNG.permutation(np.arange(inputs) // group) if reordered else np.arange(inputs) // group
    values = (scale.astype(np.float64)[order] * (q - zero[order])).T
    config = {"quantization_config": {"quant_method": "gptq", "checkpoint_format": "gptq_v2"}} if version == 2 else None
    return case(f"gptq {bits} bit{' reordered' if reordered else ''}{' v2' if version == 2 else ''}", values,
                ("gptq", bits, group), config,
                w__qweight=("I32", words_along(q, bits, 0)),
                w__qzeros=("I32", words_along(zero - (version == 1), bits, 1)),
                w__scales=("F16", scale), w__g_idx=("I32", order))


def awq(inputs=64, outputs=32, group=32):
    q = RNG.integers(0, 16, (inputs, outputs))
    zero = RNG.integers(0, 16, (inputs // group, outputs))
    scale = RNG.uniform(0.001, 0.02, zero.shape).astype(np.float16)

    def pack(numbers):
        eights = numbers.reshape(len(numbers), -1, 8)[:, :, AWQ_ORDER]
        return words_along(eights.reshape(len(numbers), -1), 4, 1)

    spread = np.repeat(np.arange(inputs // group), group)
    values = (scale.astype(np.float64)[spread] * (q - zero[spread])).T
    return case("awq", values, ("awq", 4, group), None, w__qweight=("I32", pack(q)), w__qzeros=("I32", pack(zero)),
                w__scales=("F16", scale))


def packed_integers(bits, outputs=16, inputs=64, group=32, asymmetric=False, reordered=False, config=False):
    groups = inputs // group
    q = RNG.integers(0, 2**bits, (outputs, inputs))
    zero = RNG.integers(0, 2**bits, (outputs, groups)) if asymmetric else np.full((outputs, groups), 2 ** (bits - 1))
    scale = RNG.uniform(0.001, 0.02, (outputs, groups)).astype(ml_dtypes.bfloat16)
    order = RNG.permutation(np.arange(inputs) // group) if reordered else np.arange(inputs) // group
    values = scale.astype(np.float64)[:, order] * (q - zero[:, order])
    tensors = {"w__weight_packed": ("I32", words_along(q, bits, 1)), "w__weight_scale": ("BF16", scale)}
    if asymmetric:
        tensors["w__weight_zero_point"] = ("I32", words_along(zero, bits, 0))
    if reordered:
        tensors["w__weight_g_idx"] = ("I32", order)
    if not config:
        tensors["w__weight_shape"] = ("I64", [outputs, inputs])
    stated = {"quantization_config": {"config_groups": {"group_0": {"weights": {"num_bits": bits}}}}}
    kind = " asymmetric" * asymmetric + " reordered" * reordered + " by config" * config
    return case(f"compressed-tensors packed {bits} bit{kind}", values, ("compressed-tensors", bits, group),
                stated if config else None, **tensors)


def int8(kind):
    q = RNG.integers(-127, 128, (16, 64))
    scale = RNG.uniform(0.001, 0.02, (16, 1)).astype(np.float32)
    if kind == "bitsandbytes":
        return case("bitsandbytes int8", q * (scale.astype(np.float64) / 127), ("bitsandbytes-int8", 8, 64), None,
                    w__weight=("I8", q), w__SCB=("F32", scale.reshape(-1)), w__weight_format=("U8", 0))
    if kind == "row":
        zero = RNG.integers(-20, 20, (16, 1))
        return case("compressed-tensors int8 per row", scale.astype(np.float64) * (q - zero),
                    ("compressed-tensors", 8, 64), None, w__weight=("I8", q), w__weight_scale=("F32", scale),
                    w__weight_zero_point=("I8", zero))
    return case("compressed-tensors int8 per tensor", np.float64(scale[0, 0]) * q, ("compressed-tensors", 8, None),
                None, w__weight=("I8", q), w__weight_scale=("F32", scale[0]))


def mlx(bits, group, config):
    q = RNG.integers(0, 2**bits, (16, 128))
    scale = RNG.uniform(0.001, 0.02, (16, 128 // group)).astype(np.float16)
    bias = RNG.uniform(-0.1, 0, scale.shape).astype(np.float16)
    values = np.repeat(scale, group, 1).astype(np.float64) * q + np.repeat(bias, group, 1).astype(np.float64)
    stated = {"quantization": {"group_size": group, "bits": bits}} if config else None
    return case(f"mlx {bits} bit groups of {group}", values, ("mlx", bits, group), stated,
                w__weight=("U32", words_along(q, bits, 1).view(np.uint32)), w__scales=("F16", scale),
                w__biases=("F16", bias))


def spread(scale, height, width, shape):
    return np.repeat(np.repeat(scale, height, 0), width, 1)[: shape[0], : shape[1]]


def fp8(name, dtype, scale, tile, expect, scale_dtype="F32", key="w__weight_scale_inv", shape=(20, 40), config=None):
    weight = RNG.normal(0, 30, shape).astype(DTYPES[dtype])
    scale = scale.astype(DTYPES[scale_dtype])
    weighed = weight.astype(np.float64) * spread(np.atleast_2d(scale.astype(np.float64)), *tile, shape)
    return case(name, weighed, ("fp8", 8, expect), config, w__weight=(dtype, weight), **{key: (scale_dtype, scale)})


def eight_bit_floats():
    blocks = {"quantization_config": {"weight_block_size": [16, 32]}}
    powers = 2.0 ** RNG.integers(-12, -4, (1, 2))
    return [
        fp8("fp8 tiles", "F8_E4M3", RNG.uniform(1e-4, 1e-2, (2, 2)), (16, 32), [16, 32], config=blocks),
        fp8("fp8 tiles, BF16 scales", "F8_E4M3", RNG.uniform(1e-4, 1e-2, (2, 2)), (16, 32), [16, 32], "BF16",
            config=blocks),
        fp8("fp8 tiles, powers of two", "F8_E4M3", powers, (32, 32), [32, 32], "F8_E8M0", shape=(20, 40),
            config={"quantization_config": {"weight_block_size": [32, 32]}}),
        fp8("fp8 128 x 128", "F8_E4M3", RNG.uniform(1e-4, 1e-2, (2, 1)), (128, 128), [128, 128], shape=(130, 16)),
        fp8("fp8 per row", "F8_E4M3", RNG.uniform(1e-4, 1e-2, (20, 1)), (1, 40), 40, key="w__weight_scale"),
        fp8("fp8 per tensor", "F8_E4M3", np.array([[0.003]]), (20, 40), None, key="w__weight_scale"),
        fp8("fp8 e5m2", "F8_E5M2", np.array([[0.003]]), (20, 40), None, key="w__weight_scale"),
    ]


FP4 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6])


def pairs(codes):
    return (codes[..., 0::2] | (codes[..., 1::2] << 4)).astype(np.uint8)


def mxfp4_experts():
    codes = RNG.integers(0, 16, (2, 8, 64))
    powers = RNG.integers(110, 130, (2, 8, 2))
    values = FP4[codes] * np.repeat(2.0 ** (powers - 127), 32, 2)
    found = case("mxfp4 experts", values, ("mxfp4", 4, 32), None,
                 blocks=("U8", pairs(codes).reshape(2, 8, 2, 16)), scales=("U8", powers))
    return renamed(found, blocks="mlp.experts.gate_up_proj_blocks", scales="mlp.experts.gate_up_proj_scales")


def four_bit_rows(kind):
    codes = RNG.integers(0, 16, (16, 64))
    if kind == "mxfp4":
        powers = 2.0 ** RNG.integers(-12, -2, (16, 2))
        return case("mxfp4 compressed-tensors", FP4[codes] * np.repeat(powers, 32, 1), ("mxfp4", 4, 32), None,
                    w__weight_packed=("U8", pairs(codes)), w__weight_scale=("F8_E8M0", powers))
    scale = RNG.uniform(1, 200, (16, 4)).astype(ml_dtypes.float8_e4m3fn)
    spread_scale = np.repeat(scale.astype(np.float64), 16, 1)
    if kind == "modelopt":
        glob = np.float32(0.0003)
        return case("nvfp4 modelopt", FP4[codes] * spread_scale * np.float64(glob), ("nvfp4", 4, 16), None,
                    w__weight=("U8", pairs(codes)), w__weight_scale=("F8_E4M3", scale),
                    w__weight_scale_2=("F32", glob), w__input_scale=("F32", np.float32(0.1)))
    glob = np.float32(3000)
    return case("nvfp4 compressed-tensors", FP4[codes] * spread_scale / np.float64(glob), ("nvfp4", 4, 16), None,
                w__weight_packed=("U8", pairs(codes)), w__weight_scale=("F8_E4M3", scale),
                w__weight_global_scale=("F32", [glob]))


# Dettmers et al. 2023 (QLoRA), appendix E; bitsandbytes stores the table in every file.
NF4 = [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
       -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
       0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]


def bitsandbytes(kind, double):
    shape, block = (16, 96), 64
    table = np.array(NF4 if kind == "nf4" else FP4 / 6, dtype=np.float32)
    codes = RNG.integers(0, 16, shape).reshape(-1)
    blocks = len(codes) // block
    state = {"quant_type": kind, "blocksize": block, "dtype": "bfloat16", "shape": list(shape)}
    tensors = {}
    if double:
        inner = np.sort(RNG.uniform(-1, 1, 256)).astype(np.float32)
        index = RNG.integers(0, 256, blocks)
        outer = RNG.uniform(0.5, 1, -(-blocks // 8)).astype(np.float32)
        state |= {"nested_blocksize": 8, "nested_offset": 1.5, "nested_dtype": "float32"}
        absmax = inner[index].astype(np.float64) * outer[np.arange(blocks) // 8] + 1.5
        tensors = {"absmax": ("U8", index), "nested_absmax": ("F32", outer), "nested_quant_map": ("F32", inner)}
    else:
        absmax = RNG.uniform(0.01, 0.1, blocks).astype(np.float32)
        tensors = {"absmax": ("F32", absmax)}
    values = (table[codes].astype(np.float64) * np.repeat(absmax.astype(np.float64), block)).reshape(shape)
    packed = ((codes[0::2] << 4) | codes[1::2]).astype(np.uint8).reshape(-1, 1)
    found = case(f"bitsandbytes {kind}{' twice' if double else ''}", values, (f"bitsandbytes-{kind}", 4, block), None,
                 w__weight=("U8", packed), quant_map=("F32", table), **tensors,
                 state=("U8", np.frombuffer(json.dumps(state).encode(), dtype=np.uint8)))
    names = {key: f"w.weight.{key}" for key in [*tensors, "quant_map"]}
    return renamed(found, **names, state=f"w.weight.quant_state.bitsandbytes__{kind}")


def families():
    return {
        "gptq": [gptq(2), gptq(3), gptq(4), gptq(8), gptq(4, reordered=True), gptq(4, version=2), gptq(4, group=32)],
        "awq": [awq()],
        "compressed-tensors": [packed_integers(4), packed_integers(8), packed_integers(4, asymmetric=True),
                               packed_integers(4, reordered=True), packed_integers(4, config=True)],
        "int8": [int8("bitsandbytes"), int8("row"), int8("tensor")],
        "mlx": [mlx(4, 64, True), mlx(8, 32, True), mlx(3, 64, True), mlx(2, 32, False)],
        "fp8": eight_bit_floats(),
        "fp4": [mxfp4_experts(), four_bit_rows("mxfp4"), four_bit_rows("modelopt"),
                four_bit_rows("compressed-tensors")],
        "bitsandbytes": [bitsandbytes("nf4", False), bitsandbytes("nf4", True), bitsandbytes("fp4", False)],
    }
