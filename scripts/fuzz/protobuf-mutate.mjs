import { splice } from './mutate.mjs';

/** Edits of protobuf by field, with the lengths of the messages around it kept right. */

function varint(bytes, at) {
  let value = 0;
  for (let i = 0; i < 5 && at + i < bytes.length; i++) {
    value += (bytes[at + i] & 0x7f) * 2 ** (7 * i);
    if (bytes[at + i] < 0x80) return { value, end: at + i + 1 };
  }
  return undefined;
}

function encoded(value) {
  const out = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
  return [...out, rest];
}

/** Fields of a message, or undefined when the bytes are none. */
function fields(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const key = varint(bytes, at);
    if (key === undefined || key.value < 8) return undefined;
    const wire = key.value % 8;
    let from = key.end;
    let to = wire === 1 ? from + 8 : wire === 5 ? from + 4 : undefined;
    if (wire === 0) to = varint(bytes, from)?.end;
    if (wire === 2) {
      const length = varint(bytes, from);
      from = length?.end;
      to = length && from + length.value;
    }
    if (to === undefined || to > bytes.length) return undefined;
    found.push({ at, key: bytes.subarray(at, key.end), wire, payload: bytes.subarray(from, to), to });
    at = to;
  }
  return found;
}

function rebuilt({ key, wire, payload }) {
  return wire === 2 ? [...key, ...encoded(payload.length), ...payload] : [...key, ...payload];
}

/** Apply an edit to a random message inside the bytes. */
function inside(edit) {
  const go = (bytes, random, other, depth) => {
    const found = fields(bytes);
    if (found === undefined || found.length === 0) return edit(bytes, [], random, other);
    const field = random.pick(found);
    const deeper = depth < 12 && field.wire === 2 && random.below(4) > 0;
    if (!deeper) return edit(bytes, found, random, other);
    const payload = go(field.payload, random, other, depth + 1);
    return splice(bytes, field.at, field.to - field.at, rebuilt({ ...field, payload }));
  };
  return (bytes, random, other) => go(bytes, random, other, 0);
}

const NUMBERS = [0, 1, 2, 7, 8, 16, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40].map(encoded);

export const PROTOBUF_MUTATIONS = [
  inside((bytes, _, random) =>
    splice(bytes, random.below(bytes.length + 1), random.below(3), [random.below(256)]),
  ),
  inside((bytes, _, random) => splice(bytes, random.below(bytes.length + 1), 1, random.pick(NUMBERS))),
  inside((bytes, found, random) => {
    const field = found.length > 0 ? random.pick(found) : undefined;
    return field ? splice(bytes, field.to, 0, bytes.subarray(field.at, field.to)) : bytes.slice();
  }),
  inside((bytes, found, random) => {
    const field = found.length > 0 ? random.pick(found) : undefined;
    return field ? splice(bytes, field.at, field.to - field.at, []) : bytes.slice();
  }),
  inside((bytes, found, random) => {
    const field = found.length > 0 ? random.pick(found) : undefined;
    const number = [...encoded(8 * (1 + random.below(30)) + (field?.wire ?? 0))];
    return field ? splice(bytes, field.at, field.key.length, number) : bytes.slice();
  }),
  inside((bytes, found, random, other) => {
    const field = random.pick(fields(other) ?? [undefined]);
    const at = found.length > 0 ? random.pick(found).at : 0;
    return field ? splice(bytes, at, 0, other.subarray(field.at, field.to)) : bytes.slice();
  }),
];
