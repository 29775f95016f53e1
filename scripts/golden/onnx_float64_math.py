"""Operators of the default domain: arithmetic, shapes, reductions, normalizations, softmax."""
import numpy as np
from scipy.special import erf

from onnx_float64 import FLOATS, INTEGERS, operator

UNARY = {
    "Sqrt": np.sqrt, "Neg": np.negative, "Exp": np.exp, "Log": np.log, "Tanh": np.tanh, "Cos": np.cos, "Sin": np.sin,
    "Abs": np.abs, "Reciprocal": lambda x: 1 / x, "Relu": lambda x: np.maximum(x, 0), "Erf": erf, "Not": np.logical_not,
    "IsNaN": np.isnan, "IsInf": np.isinf, "Floor": np.floor, "Ceil": np.ceil, "Identity": lambda x: x,
    "Elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), "Sigmoid": lambda x: 1 / (1 + np.exp(-x)), "Softplus": lambda x: np.logaddexp(0, x), "Round": np.rint,
}
BINARY = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Pow": np.power, "And": np.logical_and, "Or": np.logical_or,
    "Equal": np.equal, "Greater": np.greater, "Less": np.less, "GreaterOrEqual": np.greater_equal,
    "LessOrEqual": np.less_equal, "Mod": np.mod, "Xor": np.logical_xor,
}
REDUCTIONS = {"ReduceMean": np.mean, "ReduceSum": np.sum, "ReduceMax": np.max, "ReduceMin": np.min, "ReduceProd": np.prod}

for _name, _function in UNARY.items():
    operator(_name)(lambda node, x, f=_function: f(x))
for _name, _function in BINARY.items():
    operator(_name)(lambda node, a, b, f=_function: f(a, b))


@operator("Div")
def divide(node, a, b):
    if np.issubdtype(a.dtype, np.integer):
        return (np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))).astype(a.dtype)
    return a / b


@operator("Max", "Min")
def extreme(node, *values):
    return (np.maximum if node.proto.op_type == "Max" else np.minimum).reduce(np.broadcast_arrays(*values))


@operator("Where")
def where(node, condition, a, b):
    return np.where(condition, a, b)


@operator("Clip")
def clip(node, x, low=None, high=None):
    low, high = node.get("min", low), node.get("max", high)
    return np.clip(x, low, high) if low is not None or high is not None else x


@operator("Cast")
def cast(node, x):
    kind = node.get("to")
    return x.astype(np.float64) if kind in FLOATS else x.astype(INTEGERS[kind])


@operator("CastLike")
def cast_like(node, x, like):
    return x.astype(like.dtype)


@operator("Dropout")
def dropout(node, x, *_):
    return x, np.ones(x.shape, bool)


# --- shapes ---------------------------------------------------------------------------------------------------------
@operator("Constant")
def constant(node):
    for name in ("value", "value_float", "value_int", "value_ints", "value_floats"):
        if name in node.attributes:
            return np.asarray(node.get(name))
    raise NotImplementedError("Constant without a numeric value")


@operator("ConstantOfShape")
def constant_of_shape(node, shape):
    return np.full(shape, node.get("value", np.zeros(1))[0])


@operator("Shape")
def shape(node, x):
    return np.array(x.shape[node.get("start", 0):node.get("end", x.ndim)], np.int64)


@operator("Size")
def size(node, x):
    return np.array(x.size, np.int64)


@operator("Gather")
def gather(node, x, indices):
    return np.take(x, indices, axis=node.get("axis", 0))


@operator("GatherElements")
def gather_elements(node, x, indices):
    return np.take_along_axis(x, indices, node.get("axis", 0))


@operator("Unsqueeze")
def unsqueeze(node, x, axes=None):
    axes = node.get("axes") if axes is None else axes.tolist()
    return np.expand_dims(x, tuple(axes))


@operator("Squeeze")
def squeeze(node, x, axes=None):
    axes = node.get("axes") if axes is None else axes.tolist()
    return np.squeeze(x, None if axes is None else tuple(axes))


@operator("Reshape")
def reshape(node, x, target):
    keep = not node.get("allowzero", 0)
    return x.reshape([x.shape[i] if n == 0 and keep else n for i, n in enumerate(target.tolist())])


@operator("Flatten")
def flatten(node, x):
    axis = node.get("axis", 1)
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


@operator("Transpose")
def transpose(node, x):
    return np.transpose(x, node.get("perm"))


@operator("Concat")
def concat(node, *parts):
    return np.concatenate(parts, node.get("axis"))


@operator("Split")
def split(node, x, sizes=None):
    sizes = node.get("split") if sizes is None else sizes.tolist()
    axis, count = node.get("axis", 0), len(node.proto.output)
    sizes = sizes or [x.shape[axis] // count] * count
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis))


@operator("Slice")
def slice_(node, x, starts, ends, axes=None, steps=None):
    cut = [slice(None)] * x.ndim
    axes = range(len(starts)) if axes is None else axes
    for axis, start, end, step in zip(axes, starts, ends, np.ones(len(starts), int) if steps is None else steps):
        cut[axis] = slice(int(start), None if step < 0 and end < -x.shape[axis] else int(end), int(step))
    return x[tuple(cut)]


@operator("Expand")
def expand(node, x, target):
    return np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(target)))


@operator("Tile")
def tile(node, x, times):
    return np.tile(x, times)


@operator("Range")
def range_(node, start, limit, step):
    return np.arange(start, limit, step).astype(start.dtype)


@operator("CumSum")
def cumulative(node, x, axis):
    return np.cumsum(x, int(axis)).astype(x.dtype)


@operator("Trilu")
def triangle(node, x, k=0):
    return np.triu(x, int(k or 0)) if node.get("upper", 1) else np.tril(x, int(k or 0))


@operator("TopK")
def top(node, x, k):
    axis, k = node.get("axis", -1), int(k.ravel()[0])
    order = np.argsort(-x if node.get("largest", 1) else x, axis, kind="stable")
    order = np.take(order, range(k), axis)
    return np.take_along_axis(x, order, axis), order.astype(np.int64)


# --- sums -----------------------------------------------------------------------------------------------------------
def reduction(function):
    def reduce(node, x, axes=None):
        axes = node.get("axes") if axes is None else axes.tolist()
        return function(x, axis=tuple(axes) if axes else None, keepdims=bool(node.get("keepdims", 1))).astype(x.dtype)
    return reduce


for _name, _function in REDUCTIONS.items():
    operator(_name)(reduction(_function))


@operator("MatMul")
def matmul(node, a, b):
    return a @ b


@operator("Gemm")
def gemm(node, a, b, c=None):
    a, b = a.T if node.get("transA") else a, b.T if node.get("transB") else b
    return node.get("alpha", 1.0) * (a @ b) + (0 if c is None else node.get("beta", 1.0) * c)


@operator("Einsum")
def einsum(node, *values):
    return np.einsum(node.get("equation"), *values)


def stable_softmax(x, axis):
    """Rows that are -inf throughout give NaN, as the definition says."""
    with np.errstate(invalid="ignore"):
        e = np.exp(x - x.max(axis, keepdims=True))
        return e / e.sum(axis, keepdims=True)


@operator("Softmax")
def softmax(node, x):
    if node.opset >= 13:
        return stable_softmax(x, node.get("axis", -1))
    # Up to opset 12, everything from the axis on is one row.
    axis = node.get("axis", 1) % x.ndim
    return stable_softmax(x.reshape(int(np.prod(x.shape[:axis])), -1), -1).reshape(x.shape)


# --- normalizations -------------------------------------------------------------------------------------------------
def layer_norm(x, scale, bias, epsilon, axes=(-1,)):
    centred = x - x.mean(axes, keepdims=True)
    out = centred / np.sqrt((centred ** 2).mean(axes, keepdims=True) + epsilon) * scale
    return out if bias is None else out + bias


def rms_norm(x, scale, epsilon):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * scale


@operator("LayerNormalization")
def layer_normalization(node, x, scale, bias=None):
    return layer_norm(x, scale, bias, node.get("epsilon", 1e-5), tuple(range(node.get("axis", -1) % x.ndim, x.ndim)))


@operator("SimplifiedLayerNormalization", "RMSNormalization")
@operator("SimplifiedLayerNormalization", domain="com.microsoft")
def simplified(node, x, scale):
    return rms_norm(x, scale, node.get("epsilon", 1e-5))


@operator("SkipLayerNormalization", "SkipSimplifiedLayerNormalization", domain="com.microsoft")
def skip_norm(node, x, skip, scale, *rest):
    plain = node.proto.op_type.startswith("SkipSimplified")
    bias = rest[-1] if (len(rest) == 1 and plain) or len(rest) == 2 else None
    total = x + skip + (0 if bias is None else bias)
    epsilon = node.get("epsilon", 1e-12)
    beta = None if plain or not rest else rest[0]
    return rms_norm(total, scale, epsilon) if plain else layer_norm(total, scale, beta, epsilon), None, None, total


@operator("EmbedLayerNormalization", domain="com.microsoft")
def embed_norm(node, ids, segments, words, places, segment_table, gamma, beta, mask=None, at=None):
    at = np.arange(ids.shape[1])[None] if at is None else at
    total = words[ids] + places[at] + (0 if segments is None else segment_table[segments])
    lengths = np.zeros(len(ids), np.int32) if mask is None else mask.sum(1).astype(np.int32)
    return layer_norm(total, gamma, beta, node.get("epsilon", 1e-12)), lengths, total


@operator("FastGelu", domain="com.microsoft")
def fast_gelu(node, x, bias=None):
    x = x if bias is None else x + bias
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))


@operator("Gelu", "BiasGelu", domain="com.microsoft")
def gelu(node, x, bias=None):
    x = x if bias is None else x + bias
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))
