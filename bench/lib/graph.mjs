import { float, int, len } from './protobuf.mjs';

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;

/** Collects nodes, initializers and ports of one ONNX graph; weights go to an external file unless `location` is null. */
export class Graph {
  #fields = [];
  #count = 0;
  #offset = 0;

  constructor(location, writeWeight) {
    this.location = location;
    this.writeWeight = writeWeight;
  }

  /** Append a node and return the name of its first output; `more` names further ones. */
  node(type, inputs, attributes = {}, output = `${type}_${this.#count++}`, { domain, more = [] } = {}) {
    this.#fields.push(
      len(
        1,
        ...inputs.map((name) => len(1, name)),
        ...[output, ...more].map((name) => len(2, name)),
        len(3, output),
        len(4, type),
        ...Object.entries(attributes).map(([name, value]) => len(5, attribute(name, value))),
        ...(domain === undefined ? [] : [len(7, domain)]),
      ),
    );
    return output;
  }

  integers(values, dims = [values.length]) {
    const name = `const_${this.#count++}`;
    const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#fields.push(len(5, ...dims.map((dim) => int(1, dim)), int(2, INT64), len(8, name), len(9, raw)));
    return name;
  }

  /** A vector of int32. */
  wholes(values) {
    const name = `const_${this.#count++}`;
    const raw = new Uint8Array(Int32Array.from(values).buffer);
    this.#fields.push(len(5, int(1, values.length), int(2, INT32), len(8, name), len(9, raw)));
    return name;
  }

  scalar(value) {
    const name = `const_${this.#count++}`;
    this.#fields.push(
      len(5, int(2, FLOAT), len(8, name), len(9, new Uint8Array(Float32Array.of(value).buffer))),
    );
    return name;
  }

  weight(name, dims, values) {
    const bytes = new Uint8Array(values.buffer);
    const described = [...dims.map((dim) => int(1, dim)), int(2, FLOAT), len(8, name)];
    if (this.location === null) {
      this.#fields.push(len(5, ...described, len(9, bytes)));
      return name;
    }
    const entry = (key, value) => len(13, len(1, key), len(2, String(value)));
    this.#fields.push(
      len(
        5,
        ...described,
        entry('location', this.location),
        entry('offset', this.#offset),
        entry('length', bytes.length),
        int(14, 1),
      ),
    );
    this.writeWeight(bytes);
    this.#offset += bytes.length;
    return name;
  }

  input(name, type, dims) {
    this.#fields.push(len(11, port(name, type, dims)));
    return name;
  }

  output(name, dims) {
    this.#fields.push(len(12, port(name, 'float', dims)));
  }

  /** The model; `domains` are imported at version 1 besides the default one. */
  bytes(opset, domains = []) {
    const body = len(7, len(2, 'synthetic'), ...this.#fields);
    const imports = domains.map((domain) => len(8, len(1, domain), int(2, 1)));
    return Buffer.concat([int(1, opset > 21 ? 10 : 8), len(8, len(1, ''), int(2, opset)), ...imports, body]);
  }
}

function attribute(name, value) {
  if (Array.isArray(value)) return Buffer.concat([len(1, name), ...value.map((v) => int(8, v)), int(20, 7)]);
  return Number.isInteger(value)
    ? Buffer.concat([len(1, name), int(3, value), int(20, 2)])
    : Buffer.concat([len(1, name), float(2, value), int(20, 1)]);
}

function port(name, type, dims) {
  const shape = dims.map((dim) => len(1, typeof dim === 'number' ? int(1, dim) : len(2, dim)));
  const tensor = len(1, int(1, type === 'float' ? FLOAT : INT64), len(2, ...shape));
  return Buffer.concat([len(1, name), len(2, tensor)]);
}
