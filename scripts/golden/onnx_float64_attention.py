"""The fused attention operators of com.microsoft and of ai.onnx 23, written from their specifications.

Each records its probabilities and which keys a query may see: causality, windows and padding as the operator defines
them; of an additive bias, whatever lies below HIDDEN.
"""
import numpy as np

from onnx_float64 import operator
from onnx_float64_math import stable_softmax

MICROSOFT = "com.microsoft"
# Exporters hide keys with -10000, the lowest float or -inf; no bias that is meant to be seen comes near.
HIDDEN = -5000.0


def heads_first(x, heads):
    """[B,S,heads*size] -> [B,heads,S,size]; four dimensions are already split."""
    return x if x.ndim == 4 else x.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)


def heads_last(x):
    return x.transpose(0, 2, 1, 3).reshape(x.shape[0], x.shape[2], -1)


def repeat_heads(x, heads):
    """Query head h reads key/value head h // (heads / key-value heads)."""
    return np.repeat(x, heads // x.shape[1], axis=1)


def positions(queries, keys, past):
    """Column of query positions, row of key positions."""
    return np.arange(past, past + queries)[:, None], np.arange(keys)[None]


def attend(node, q, k, v, scale, visible, bias=0.0, softcap=0.0, key_value_heads=None):
    """q, k, v are [B,heads,…]; returns [B,H,S,size]."""
    scale = scale or 1 / np.sqrt(q.shape[-1])
    scores = q @ repeat_heads(k, q.shape[1]).swapaxes(-1, -2) * scale
    scores = softcap * np.tanh(scores / softcap) if softcap else scores
    visible = np.broadcast_to(visible & (np.asarray(bias) > HIDDEN), scores.shape)
    p = stable_softmax(np.where(visible, scores + bias, -np.inf), -1)
    node.attend(p, visible, k.shape[1] if key_value_heads is None else key_value_heads)
    return p @ repeat_heads(v, q.shape[1])


def mask_index(mask, queries, keys, past):
    """com.microsoft masks of every shape -> visible, broadcastable to [B,1,S,T]."""
    if mask is None:
        return np.ones((1, 1, 1, 1), bool)
    if mask.ndim == 4:
        return mask[:, :, past:past + queries, :keys] > 0
    if mask.ndim == 3:
        return mask[:, None] > 0
    if mask.ndim == 2:
        return mask[:, None, None] > 0
    row = np.arange(keys)[None, None, None]
    return row < mask.reshape(-1, 1, 1, 1)


def ends_and_starts(mask, batch, keys):
    """1-D mask_index: B ends, or B ends then B starts, or (MultiHeadAttention) B lengths and two B+1 offsets."""
    row = np.arange(keys)[None, None, None]
    end = mask[:batch].reshape(-1, 1, 1, 1)
    if len(mask) == 2 * batch:
        return (row < end) & (row >= mask[batch:].reshape(-1, 1, 1, 1))
    return row < end


def visible_keys(mask, batch, queries, keys, past, causal):
    seen = ends_and_starts(mask, batch, keys) if mask is not None and mask.ndim == 1 else \
        mask_index(mask, queries, keys, past)
    rows, columns = positions(queries, keys, past)
    return seen & (columns <= rows) if causal else seen


# --- com.microsoft --------------------------------------------------------------------------------------------------
def packed(node, q, k, v, mask, past, bias):
    """Attention and QAttention once the projections are done; past is [2,B,heads,P,size]."""
    before = 0 if past is None else past.shape[3]
    if past is not None:
        k, v = np.concatenate([past[0], k], 2), np.concatenate([past[1], v], 2)
    visible = visible_keys(mask, q.shape[0], q.shape[2], k.shape[2], before, node.get("unidirectional", 0))
    out = attend(node, q, k, v, node.get("scale"), visible, 0.0 if bias is None else bias)
    return heads_last(out), np.stack([k, v])


def projected(node, x, sizes):
    parts = np.split(x, np.cumsum(sizes)[:-1], -1)
    return [heads_first(part, node.get("num_heads")) for part in parts]


@operator("Attention", domain=MICROSOFT)
def attention(node, x, weights, bias, mask=None, past=None, attention_bias=None, *_):
    x = x @ weights + (0 if bias is None else bias)
    sizes = node.get("qkv_hidden_sizes") or [x.shape[-1] // 3] * 3
    return packed(node, *projected(node, x, sizes), mask, past, attention_bias)


@operator("QAttention", domain=MICROSOFT)
def quantized_attention(node, x, weights, bias, x_scale, w_scale, mask=None, x_zero=None, w_zero=None, past=None):
    x = x.astype(np.float64) - (0 if x_zero is None else x_zero.astype(np.float64))
    w = weights.astype(np.float64) - (0 if w_zero is None else w_zero.astype(np.float64))
    x = x @ w * x_scale * w_scale + bias
    return packed(node, *projected(node, x, [x.shape[-1] // 3] * 3), mask, past, None)


@operator("MultiHeadAttention", domain=MICROSOFT)
def multi_head(node, q, k=None, v=None, bias=None, mask=None, attention_bias=None, past_key=None, past_value=None, *_):
    heads = node.get("num_heads")
    if q.ndim == 5:  # [B,S,heads,3,size]
        q, k, v = (q[:, :, :, i].reshape(*q.shape[:2], -1) for i in range(3))
    elif k is not None and k.ndim == 5:  # [B,L,heads,2,size]
        k, v = (k[:, :, :, i].reshape(*k.shape[:2], -1) for i in range(2))
    if bias is not None:
        parts = np.split(bias, [q.shape[-1], q.shape[-1] + k.shape[-1]])
        q, k, v = (x + part for x, part in zip((q, k, v), parts))
    q, k, v = (heads_first(x, heads) for x in (q, k, v))
    past = 0 if past_key is None else past_key.shape[2]
    if past_key is not None:
        k, v = np.concatenate([past_key, k], 2), np.concatenate([past_value, v], 2)
    visible = visible_keys(mask, q.shape[0], q.shape[2], k.shape[2], past, node.get("unidirectional", 0))
    out = attend(node, q, k, v, node.get("scale"), visible, 0.0 if attention_bias is None else attention_bias)
    return heads_last(out), k, v


@operator("DecoderMaskedMultiHeadAttention", domain=MICROSOFT)
def decoder_masked(node, q, k, v, mask=None, attention_bias=None, past_key=None, past_value=None, past_length=None,
                   beam_width=None, cache_indirection=None, bias=None):
    assert q.shape[1] == 1, "DecoderMaskedMultiHeadAttention reads one token at a time"
    return multi_head(node, q, k, v, bias, mask, attention_bias, past_key, past_value)


def rotate(x, cos, sin, interleaved):
    """x [B,heads,S,size]; cos and sin [B,1,S,rotary/2]."""
    width = 2 * cos.shape[-1]
    turned, rest = x[..., :width], x[..., width:]
    a, b = (turned[..., 0::2], turned[..., 1::2]) if interleaved else np.split(turned, 2, -1)
    first, second = a * cos - b * sin, b * cos + a * sin
    both = np.stack([first, second], -1).reshape(turned.shape) if interleaved else np.concatenate([first, second], -1)
    return np.concatenate([both, rest], -1)


@operator("RotaryEmbedding", domain=MICROSOFT)
def rotary(node, x, ids, cos, sin):
    batch, queries = x.shape[0], x.shape[2] if x.ndim == 4 else x.shape[1]
    ids = ids + np.arange(queries)[None] if ids.size == 1 and queries > 1 else ids.reshape(batch, queries)
    split = heads_first(x, node.get("num_heads", 0) or x.shape[-1] // (2 * cos.shape[-1]))
    out = rotate(split, cos[ids][:, None], sin[ids][:, None], node.get("interleaved", 0))
    return out if x.ndim == 4 else heads_last(out)


@operator("RotaryEmbedding")
def rotary_standard(node, x, cos, sin, ids=None):
    split = heads_first(x, node.get("num_heads", 0))
    cos, sin = (cos[ids], sin[ids]) if ids is not None else (cos, sin)
    out = rotate(split, cos[:, None], sin[:, None], node.get("interleaved", 0))
    return out if x.ndim == 4 else heads_last(out)


@operator("GroupQueryAttention", domain=MICROSOFT)
def group_query(node, q, k, v, past_key, past_value, seqlens, total, cos=None, sin=None, ids=None, bias=None, sink=None,
                *_):
    assert sink is None and node.get("smooth_softmax", 0) != 1, "sinks take a share that no key has"
    heads, kv = node.get("num_heads"), node.get("kv_num_heads")
    if k is None:
        size = q.shape[-1] // (heads + 2 * kv)
        q, k, v = np.split(q, [heads * size, (heads + kv) * size], -1)
    q, k, v = heads_first(q, heads), heads_first(k, kv), heads_first(v, kv)
    keys = int(np.ravel(total)[0])
    past = keys - q.shape[2]
    if node.get("do_rotary", 0):
        at = np.arange(past, keys)[None]
        q, k = (rotate(x, cos[at][:, None], sin[at][:, None], node.get("rotary_interleaved", 0)) for x in (q, k))
    if past_key is not None:
        k, v = np.concatenate([past_key[:, :, :past], k], 2), np.concatenate([past_value[:, :, :past], v], 2)
    rows, columns = positions(q.shape[2], keys, past)
    window = node.get("local_window_size", -1)
    visible = (columns <= rows) if node.get("causal", 1) else np.ones((1, 1), bool)
    # Padding is on the right, behind the last key of each row of the batch.
    visible = visible & (columns <= np.reshape(seqlens, (-1, 1, 1, 1)))
    visible = visible & ((columns > rows - window) if window > 0 else True)
    out = attend(node, q, k, v, node.get("scale"), visible, 0.0 if bias is None else bias, node.get("softcap", 0.0))
    return heads_last(out), k, v


@operator("LinearAttention", domain=MICROSOFT)
def linear(node, q, k, v, past=None, *_):
    """A running sum of keys times values; it has no map to record."""
    assert node.get("update_rule") == "linear" and past is None
    heads, kv = node.get("q_num_heads"), node.get("kv_num_heads")
    q, k, v = heads_first(q, heads), repeat_heads(heads_first(k, kv), heads), repeat_heads(heads_first(v, kv), heads)
    scale = node.get("scale", 0.0) or 1 / np.sqrt(q.shape[-1])
    rows, columns = positions(q.shape[2], k.shape[2], 0)
    return heads_last(np.where(columns <= rows, q @ k.swapaxes(-1, -2), 0) @ v * scale), None


# --- ai.onnx --------------------------------------------------------------------------------------------------------
@operator("Attention")
def standard(node, q, k, v, mask=None, past_key=None, past_value=None, *_):
    flat = q.ndim == 3
    heads, kv = node.get("q_num_heads"), node.get("kv_num_heads")
    q, k, v = heads_first(q, heads), heads_first(k, kv), heads_first(v, kv)
    past = 0 if past_key is None else past_key.shape[2]
    if past_key is not None:
        k, v = np.concatenate([past_key, k], 2), np.concatenate([past_value, v], 2)
    rows, columns = positions(q.shape[2], k.shape[2], past)
    visible = (columns <= rows) if node.get("is_causal", 0) else np.ones((1, 1), bool)
    bias = 0.0
    if mask is not None and mask.dtype == bool:
        visible = visible & mask
    elif mask is not None:
        bias = mask
    out = attend(node, q, k, v, node.get("scale"), visible, bias, node.get("softcap", 0.0))
    return heads_last(out) if flat else out, k, v
