"""An ONNX interpreter in float64 NumPy, written from the operator specifications and from nothing else.

Every float tensor is computed in float64, whatever type the graph declares: a Cast between float types changes
nothing, so half-precision weights keep their values and half-precision activations lose no digits. Integers keep
their types, and the quantization operators round and saturate as specified. `run` returns all tensors of the graph
and the attention that fused operators computed on the way.
"""
import pathlib

import numpy as np
from onnx import AttributeProto, TensorProto, helper, numpy_helper

FLOATS = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16}
INTEGERS = {TensorProto.UINT8: np.uint8, TensorProto.INT8: np.int8, TensorProto.INT16: np.int16,
            TensorProto.UINT16: np.uint16, TensorProto.INT32: np.int32, TensorProto.INT64: np.int64,
            TensorProto.BOOL: np.bool_, TensorProto.UINT32: np.uint32, TensorProto.UINT64: np.uint64}
OPERATORS = {}


def operator(*names, domain=""):
    """Register a function (node, inputs…) -> one array or a tuple of arrays. Absent inputs are None."""
    def register(function):
        for name in names:
            OPERATORS[domain, name] = function
        return function
    return register


def widen(array):
    return array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array


def load_tensor(proto, folder):
    if proto.data_location != TensorProto.EXTERNAL:
        if proto.data_type == TensorProto.BFLOAT16:
            bits = np.frombuffer(proto.raw_data, np.uint16).astype(np.uint32) << 16
            return bits.view(np.float32).astype(np.float64).reshape(proto.dims)
        return widen(numpy_helper.to_array(proto))
    where = {entry.key: entry.value for entry in proto.external_data}
    floats = {TensorProto.FLOAT: np.float32, TensorProto.FLOAT16: np.float16, TensorProto.DOUBLE: np.float64}
    kind = floats.get(proto.data_type) or INTEGERS[proto.data_type]
    count = int(np.prod(proto.dims))
    path = folder[where["location"]] if isinstance(folder, dict) else pathlib.Path(folder) / where["location"]
    data = np.fromfile(path, kind, count, offset=int(where.get("offset", 0)))
    return widen(data.reshape(proto.dims))


class Node:
    """One operator of the graph and what it may ask about its surroundings."""

    def __init__(self, proto, graph):
        self.proto, self.graph, self.name = proto, graph, proto.name
        self.attributes = {a.name: a for a in proto.attribute}

    @property
    def opset(self):
        return self.graph.opset

    def get(self, name, default=None):
        attribute = self.attributes.get(name)
        if attribute is None:
            return default
        value = helper.get_attribute_value(attribute)
        if attribute.type == AttributeProto.STRING:
            return value.decode()
        if attribute.type == AttributeProto.TENSOR:
            return load_tensor(value, self.graph.folder)
        return list(value) if attribute.type in (AttributeProto.INTS, AttributeProto.FLOATS) else value

    def attend(self, p, visible, key_value_heads):
        """Record the probabilities [B,H,S,T] of a fused attention operator and which keys each query may see."""
        visible = np.broadcast_to(visible, p.shape)
        self.graph.sites.append({"operator": self.proto.op_type, "name": self.name, "p": p, "visible": visible,
                                 "keyValueHeads": key_value_heads})


class Interpreter:
    def __init__(self, model, folder):
        self.model, self.folder, self.sites, self.values = model, folder, [], {}
        self.opset = next(o.version for o in model.opset_import if o.domain in ("", "ai.onnx"))

    def run(self, feeds):
        self.values = {"": None, **{name: widen(np.asarray(value)) for name, value in feeds.items()}}
        return self.body(self.model.graph)

    def body(self, graph):
        """Compute a graph or the branch of an If; outer names stay visible. Returns its outputs."""
        for tensor in graph.initializer:
            self.values[tensor.name] = load_tensor(tensor, self.folder)
        for proto in graph.node:
            inputs = [self.values[name] for name in proto.input]
            if proto.op_type == "If":
                results = self.branch(proto, inputs[0])
            else:
                key = "" if proto.domain == "ai.onnx" else proto.domain, proto.op_type
                if key not in OPERATORS:
                    raise NotImplementedError(f"{key} ({proto.name})")
                results = OPERATORS[key](Node(proto, self), *inputs)
            results = results if isinstance(results, tuple) else (results,)
            self.values.update((n, widen(np.asarray(r))) for n, r in zip(proto.output, results) if n and r is not None)
        return {v.name: self.values.get(v.name) for v in graph.output}

    def branch(self, proto, condition):
        wanted = "then_branch" if bool(np.all(condition)) else "else_branch"
        graph = next(a.g for a in proto.attribute if a.name == wanted)
        return tuple(self.body(graph).values())
