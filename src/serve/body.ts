import type { IncomingMessage } from 'node:http';
import { asObject, type Json } from './json.js';
import { invalid, Refusal } from './refusal.js';

/** A context of 128,000 tokens is half a megabyte of text. */
const MAX_BODY = 8 * 2 ** 20;

/** The JSON object a request carries. Throws a Refusal. */
export async function readBody(request: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  let size = 0;
  // Ending early must not destroy the socket, or the client would never read why.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY)
      throw new Refusal(413, 'invalid_request_error', `The body has more than ${MAX_BODY} bytes.`);
    parts.push(part);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw invalid('The body is not valid JSON.', null, 'invalid_json');
  }
  const body = asObject(value);
  if (body) return body;
  throw invalid('The body must be a JSON object.', null, 'invalid_json');
}
