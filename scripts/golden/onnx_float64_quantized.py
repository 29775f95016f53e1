"""Quantization operators. Scales and quotients are float32, as the operators declare; sums of integers are exact."""
import numpy as np

from onnx_float64 import operator

LIMITS = {np.dtype(t): (np.iinfo(t).min, np.iinfo(t).max) for t in (np.int8, np.uint8, np.int16, np.uint16, np.int32)}


def along(parameter, x, axis, block=0):
    """A scale or zero point of one axis, shaped to broadcast against x."""
    if block:
        return np.repeat(parameter, block, axis).take(range(x.shape[axis]), axis)
    if parameter.ndim == 0 or parameter.size == 1:
        return parameter.reshape(())
    return parameter.reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])


def saturate(values, kind):
    return np.clip(values, *LIMITS[np.dtype(kind)]).astype(kind)


def quantize(x, scale, zero):
    quotient = x.astype(np.float32) / np.float32(scale)
    return saturate(np.rint(quotient).astype(np.float64) + zero, zero.dtype)


@operator("QuantizeLinear")
@operator("QuantizeLinear", domain="com.microsoft")
def quantize_linear(node, x, scale, zero=None):
    zero = np.array(0, np.uint8) if zero is None else zero
    axis, block = node.get("axis", 1), node.get("block_size", 0)
    return quantize(x, along(scale, x, axis, block), along(zero, x, axis, block))


@operator("DequantizeLinear")
@operator("DequantizeLinear", domain="com.microsoft")
def dequantize_linear(node, x, scale, zero=None):
    axis, block = node.get("axis", 1), node.get("block_size", 0)
    offset = 0 if zero is None else along(zero, x, axis, block).astype(np.float64)
    return (x.astype(np.float64) - offset) * along(scale, x, axis, block)


def dynamic(x):
    x32 = x.astype(np.float32)
    low, high = np.minimum(x32.min(), 0), np.maximum(x32.max(), 0)
    scale = np.float32((high - low) / np.float32(255))
    scale = np.float32(1) if scale == 0 else scale
    zero = saturate(np.rint(np.float32(0) - low / scale), np.uint8)
    return quantize(x32, scale, zero), np.float64(scale), zero


@operator("DynamicQuantizeLinear")
def dynamic_quantize_linear(node, x):
    return dynamic(x)


def integer_product(a, b, a_zero=None, b_zero=None):
    """float64 holds these sums exactly: products below 2^16, at most a few thousand of them."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    if a_zero is not None:
        a = a - (a_zero if a_zero.ndim == 0 else a_zero.reshape(-1, 1) if a_zero.size > 1 else a_zero.ravel()[0])
    return a @ (b if b_zero is None else b - b_zero)


@operator("MatMulInteger")
def matmul_integer(node, a, b, a_zero=None, b_zero=None):
    return integer_product(a, b, a_zero, b_zero).astype(np.int32)


@operator("MatMulIntegerToFloat", domain="com.microsoft")
def matmul_integer_to_float(node, a, b, a_scale, b_scale, a_zero=None, b_zero=None, bias=None):
    return integer_product(a, b, a_zero, b_zero) * a_scale * b_scale + (0 if bias is None else bias)


@operator("DynamicQuantizeMatMul", domain="com.microsoft")
def dynamic_quantize_matmul(node, a, b, b_scale, b_zero=None, bias=None):
    codes, scale, zero = dynamic(a)
    return integer_product(codes, b, zero, b_zero) * scale * b_scale + (0 if bias is None else bias)


@operator("QLinearMatMul")
def qlinear_matmul(node, a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero):
    total = integer_product(a, b, a_zero, b_zero)
    factor = np.float32(a_scale) * np.float32(b_scale) / np.float32(y_scale)
    return saturate(np.rint(total * np.float64(factor)) + y_zero, y_zero.dtype)


def unpack(packed, bits):
    """Codes of `bits` bits, the lowest bits of a byte first."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    return ((packed[..., None] >> shifts) & (2 ** bits - 1)).reshape(*packed.shape[:-1], -1)


@operator("MatMulNBits", domain="com.microsoft")
def matmul_nbits(node, a, b, scales, zeros=None, groups=None, bias=None):
    width, out, bits, block = (node.get(n) for n in ("K", "N", "bits", "block_size"))
    blocks = -(-width // block)
    codes = unpack(b.reshape(out, blocks, -1), bits).astype(np.float64)
    if zeros is None:
        offset = np.full((out, blocks), 2.0 ** (bits - 1))
    elif zeros.dtype == np.uint8:
        offset = unpack(zeros.reshape(out, -1), bits)[:, :blocks].astype(np.float64)
    else:
        offset = zeros.reshape(out, blocks)
    weight = (codes - offset[..., None]) * scales.reshape(out, blocks, 1)
    return a @ weight.reshape(out, -1)[:, :width].T + (0 if bias is None else bias)
