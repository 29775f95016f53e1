"""Golden attention statistics of every case in fixtures/attention, from an ONNX interpreter in float64.

    /usr/bin/python3 scripts/golden/attention.py FIXTURES_DIR [CASE ...]
    /usr/bin/python3 scripts/golden/attention.py FIXTURES_DIR --model FILE.onnx NAME ID,ID,…

The interpreter shares no code with the exporters, with torch or with ONNX Runtime. Before anything is written it
must reproduce torch's logits of the plain exports. The second form writes the golden of a model kept elsewhere.
"""
import json
import pathlib
import sys

import numpy as np
import onnx

import onnx_float64_attention  # noqa: F401 registers operators
import onnx_float64_math  # noqa: F401
import onnx_float64_quantized  # noqa: F401
from attention_statistics import grids
from onnx_float64 import INTEGERS, Interpreter

LOGITS_TOLERANCE = 1e-5
STATISTICS_TOLERANCE = 1e-5
TOKENS = 40
PLAIN = {name: name.replace("-", "/", 1) for name in ("quill-full-1", "quill-full-1-f16", "quill-student-1a",
                                                      "folio-full-1", "folio-full-1-attn", "folio-student-1a")}


def feed(port, ids, total):
    """What a plain text puts into one input; `total` is longer than ids when the export wants a fixed length."""
    kind = port.type.tensor_type
    dims = [d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim]
    dtype = INTEGERS.get(kind.elem_type, np.float64)
    pad = [0] * (total - len(ids))
    rows = {"input_ids": ids + pad, "attention_mask": [1] * len(ids) + pad, "position_ids": list(range(total)),
            "token_type_ids": [0] * total, "input_mask": [1] * len(ids) + pad}
    if port.name in rows:
        return np.array([rows[port.name]], dtype)
    if port.name.startswith("use_cache"):
        return np.zeros(1, bool)
    if port.name == "seqlens_k":
        return np.array([total - 1], dtype)
    if port.name.startswith("total_sequence_length"):
        return np.array(total, dtype).reshape([1] * len(dims))
    if port.name.startswith("past"):
        # Open axes are the batch (one) and the tokens already seen (none).
        batch = 1 if len(dims) == 5 else 0
        return np.zeros([d if d is not None else int(i == batch) for i, d in enumerate(dims)], dtype)
    raise ValueError(f"cannot feed {port.name}")


def feeds_of(model, ids):
    known = {t.name for t in model.graph.initializer}
    ports = [p for p in model.graph.input if p.name not in known]
    tokens = next(p for p in ports if p.name == "input_ids").type.tensor_type.shape.dim[1]
    total = tokens.dim_value if tokens.HasField("dim_value") else len(ids)
    return {p.name: feed(p, list(ids), total) for p in ports}


def case_paths(fixtures, case):
    """The graph of a case and where its external data lies."""
    folder = fixtures / "attention" / case
    files = json.loads((folder / "case.json").read_text())["files"]
    data = {pathlib.PurePosixPath(to).name: fixtures / source for to, source in files.items() if source != "graph.onnx"}
    return folder / "graph.onnx", data


def ids_of(fixtures, case):
    """The text of the family's own golden."""
    base = json.loads((fixtures / "attention" / case / "case.json").read_text())["base"]
    return json.loads((fixtures / "golden" / f"{base.split('/')[0]}-full-1.json").read_text())["ids"]


def plain_sites(interpreter, names):
    """Softmax and its relatives, named by the case: [1,H,S,T], [H,S,T] or [1,groups,H/groups,S,T]."""
    makers = {name: node.op_type for node in nodes_of(interpreter.model.graph) for name in node.output}
    sites = []
    for name in names:
        p = interpreter.values[name]
        p = p.reshape(1, -1, *p.shape[-2:])
        sites.append({"operator": makers[name], "p": p, "visible": p > 0, "keyValueHeads": None})
    return sites


def nodes_of(graph):
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from nodes_of(attribute.g)


def golden(path, data, ids, names=()):
    model = onnx.load(str(path), load_external_data=False)
    interpreter = Interpreter(model, data)
    interpreter.run(feeds_of(model, ids))
    sites = plain_sites(interpreter, names) + interpreter.sites
    # The queries of padding behind a text are nobody's.
    sites = [{**s, "p": s["p"][:, :, :len(ids)], "visible": s["visible"][:, :, :len(ids)]} for s in sites]
    described = [{"kind": "self", "operator": s["operator"], "heads": s["p"].shape[1],
                  "keyValueHeads": s["keyValueHeads"]} for s in sites]
    return {"ids": list(ids), "sites": described, **grids(sites)}


def check_against_torch(fixtures):
    """Logits, and the statistics that scipy computed from torch's maps where the export returns maps."""
    for name, folder in PLAIN.items():
        expected = json.loads((fixtures / "golden" / f"{name}.json").read_text())
        path = fixtures / "models" / folder / "onnx" / "model.onnx"
        model = onnx.load(str(path), load_external_data=False)
        outputs = Interpreter(model, path.parent).run(feeds_of(model, expected["ids"]))
        worst = np.abs(outputs["logits"][0, -1] - expected["logitsLast"]).max()
        assert worst < LOGITS_TOLERANCE, folder
        maps = [p for output, p in outputs.items() if output.startswith("attentions.")]
        found = grids([{"p": p, "visible": p > 0} for p in maps]) if maps else {}
        off = [np.abs(np.array(found[key]) - grid).max() for key, grid in expected["attention"].items() if found]
        assert all(difference < STATISTICS_TOLERANCE for difference in off), folder
        print(f"{folder}: logits differ from torch's by {worst:.1e}" +
              (f", attention statistics from scipy's by {max(off):.1e}" if off else ""))


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


def main(fixtures, *rest):
    fixtures = pathlib.Path(fixtures)
    check_against_torch(fixtures)
    out = fixtures / "golden" / "attention"
    if rest[:1] == ("--model",):
        _, file, name, ids = rest
        write(out / f"{name}.json", golden(file, pathlib.Path(file).parent, [int(i) for i in ids.split(",")]))
        return
    for case in rest or sorted(p.name for p in (fixtures / "attention").iterdir()):
        wanted = json.loads((fixtures / "attention" / case / "case.json").read_text())["attention"]
        if "golden" not in wanted:
            continue
        graph, data = case_paths(fixtures, case)
        ids = ids_of(fixtures, case)[:wanted.get("tokens", TOKENS)]
        write(out / wanted["golden"], golden(graph, data, ids, wanted.get("probabilities", ())))
        print(case)


if __name__ == "__main__":
    main(*sys.argv[1:])
