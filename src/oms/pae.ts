/**
 * What a DSSE signature is made over: "DSSEv1" SP length(type) SP type SP length(payload) SP payload.
 * Source: DSSE v1 protocol, pre-authentication encoding.
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/**
 * What model_signing 0.2 signed by mistake: "DSSEV1", and the payload as Python prints a bytes object.
 * Source: `pae_compat` of sigstore/model-transparency.
 */
export function legacyPreAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEV1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.from(head + pythonBytes(payload), 'utf8');
}

const ESCAPES = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

/** `repr(bytes)`: double quotes only around text that holds single quotes and no double ones. */
function pythonBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const printed = Array.from(bytes, (byte) => {
    if (byte === quote.charCodeAt(0)) return `\\${quote}`;
    const printable = byte >= 0x20 && byte < 0x7f;
    const plain = printable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
    return ESCAPES.get(byte) ?? plain;
  });
  return `b${quote}${printed.join('')}${quote}`;
}
