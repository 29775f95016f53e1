"""Compare the interpreter with ONNX Runtime: the logits and, where the runtime can be made to show them, the maps.

    /usr/bin/python3 scripts/golden/attention_ort.py FIXTURES_DIR [CASE ...]

Writes copies of the cases into a temporary folder with the attention maps as further outputs (of a Softmax its
output; of GroupQueryAttention and ai.onnx Attention the probabilities; of MultiHeadAttention the masked scores), runs
them in onnxruntime-node, and prints the largest differences. Changes nothing.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper

from attention import TOKENS, case_paths, feeds_of, ids_of
from onnx_float64 import Interpreter
from onnx_float64_math import stable_softmax

TYPES = {"int64": np.int64, "int32": np.int32, "float32": np.float32, "float16": np.float16, "bool": np.uint8}
NAMES = {TensorProto.INT64: "int64", TensorProto.INT32: "int32", TensorProto.FLOAT: "float32",
         TensorProto.FLOAT16: "float16", TensorProto.BOOL: "bool"}
# operator: attributes to set, number of the output, whether it holds scores
FUSED = {"GroupQueryAttention": ({"qk_output": 2}, 3, False), "MultiHeadAttention": ({}, 3, True),
         "Attention": ({"qk_matmul_output_mode": 3}, 3, False)}


def expose(model, names):
    """Add outputs for the maps; returns {output name: holds scores} in node order."""
    found = {}
    for graph, outer in graphs_of(model.graph):
        for node in graph.node:
            if node.op_type in FUSED and not (node.op_type == "Attention" and node.domain):
                attributes, index, scores = FUSED[node.op_type]
                node.attribute.extend(helper.make_attribute(k, v) for k, v in attributes.items())
                node.output.extend([""] * (index - len(node.output)) + [f"{node.name}.map"])
                found[f"{node.name}.map"] = scores
        inner = [n for n in names if any(n in node.output for node in graph.node)]
        for name in inner:
            graph.output.append(onnx.ValueInfoProto(name=name) if outer is None else
                                helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
            if outer is not None:
                sibling(outer, graph, name)
        found.update({name: False for name in inner})
    kind = next(v.type.tensor_type.elem_type for v in model.graph.output if v.name == "logits")
    there = {v.name for v in model.graph.output}
    # MultiHeadAttention's scores have no inferred type: without one the graph is refused.
    model.graph.output.extend(helper.make_tensor_value_info(n, kind, None) for n in found if n not in there)
    return found


def graphs_of(graph):
    yield graph, None
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield attribute.g, node


def sibling(outer, graph, name):
    """The other branch must return something in the same place."""
    other = next(a.g for a in outer.attribute if a.type == AttributeProto.GRAPH and a.g is not graph and a.g.name != graph.name)
    filler = f"{name}.filler"
    empty = helper.make_tensor(filler, TensorProto.FLOAT, [0], [])
    other.node.append(helper.make_node("Constant", [], [filler], value=empty))
    other.output.append(helper.make_tensor_value_info(filler, TensorProto.FLOAT, None))
    outer.output.append(name)


def prepare(fixtures, case, root):
    folder = root / case
    folder.mkdir()
    path, data = case_paths(fixtures, case)
    wanted = json.loads((path.parent / "case.json").read_text())["attention"]
    model = onnx.load(str(path), load_external_data=False)
    feeds = feeds_of(model, ids_of(fixtures, case)[:wanted.get("tokens", TOKENS)])
    kinds = {p.name: NAMES[p.type.tensor_type.elem_type] for p in model.graph.input}
    expected = None
    try:
        interpreter = Interpreter(model, data)
        logits = interpreter.run(feeds).get("logits")
        maps = [interpreter.values[n] for n in wanted.get("probabilities", ())] + [s["p"] for s in interpreter.sites]
        expected = logits, maps, wanted.get("tokens", TOKENS)
    except (NotImplementedError, AssertionError, ValueError, KeyError) as problem:
        print(f"{case}: not interpreted: {type(problem).__name__} {problem}")
    # Taps of skipped cases may not be loadable; only the graph as delivered has to be.
    scores = expose(model, wanted.get("probabilities", ())) if "golden" in wanted else {}
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for name, source in data.items():
        shutil.copy(source, folder / name)
    (folder / "feeds.json").write_text(json.dumps({
        n: {"type": kinds[n], "dims": list(f.shape), "values": f.astype(TYPES[kinds[n]]).ravel().tolist()}
        for n, f in feeds.items()}))
    return expected, scores


def read(folder, output):
    array = np.fromfile(folder / output["file"], TYPES[output["type"]]).reshape(output["dims"])
    return array.astype(np.float64)


def report(folder, expected, scores):
    outputs = json.loads((folder / "outputs.json").read_text())
    if "error" in outputs:
        return f"ONNX Runtime: {outputs['error'][:300]}"
    if expected is None:
        return "runs"
    logits, maps, tokens = expected
    seen = {o["name"]: read(folder, o) for o in outputs}
    parts = ["runs"]
    if logits is not None:
        parts.append(f"logits {np.abs(seen['logits'] - logits)[:, :tokens].max():.1e}")
    if scores:
        got = [stable_softmax(seen[name], -1) if is_scores else seen[name] for name, is_scores in scores.items()]
        parts.append(f"{len(got)} maps {max(np.abs(a.reshape(b.shape) - b)[..., :tokens, :].max() for a, b in zip(got, maps)):.1e}")
        assert len(got) == len(maps)
    return ", ".join(parts)


def main(fixtures, *chosen):
    fixtures = pathlib.Path(fixtures)
    cases = chosen or sorted(p.name for p in (fixtures / "attention").iterdir())
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root)
        prepared = {case: prepare(fixtures, case, root) for case in cases}
        subprocess.run(["node", str(pathlib.Path(__file__).with_suffix(".mjs")), str(root)], check=True)
        for case, (expected, scores) in prepared.items():
            print(f"{case}: {report(root / case, expected, scores)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
