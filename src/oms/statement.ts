import { quoted } from '../formats/failure.js';
import { PAYLOAD_TYPE, readJson } from './bundle.js';
import { type Fields, fieldsOf } from './fields.js';
import { refusal } from './finding.js';
import type { HashType, Resource, Serialization } from './resource.js';
import { rootDigest } from './root-digest.js';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';
/** Of model_signing 0.2, deprecated: files stand in `subject`. */
const LEGACY_PREDICATE_TYPE = 'https://model_signing/Digests/v0.1';

/** What a signer states about a model. */
export interface Statement {
  readonly legacy: boolean;
  /** Name of the model when it was signed; informational. */
  readonly subject: string;
  /** Absent in the legacy format. */
  readonly rootDigest?: string;
  readonly serialization: Serialization;
  /** In signed order, as listed. */
  readonly resources: readonly Resource[];
}

const FAULT = 'STATEMENT_INVALID';

/** Read a payload whose signature was verified. Throws SIGNATURE_INVALID. */
export function parseStatement(payload: Uint8Array): Statement {
  const statement = fieldsOf(readJson(payload, 'The signed statement', FAULT), 'The statement', FAULT);
  const type = statement.text('_type');
  if (type !== STATEMENT_TYPE)
    throw refusal(FAULT, `The statement is of type ${quoted(type)}; expected ${STATEMENT_TYPE}.`);
  const predicateType = statement.text('predicateType');
  if (predicateType === LEGACY_PREDICATE_TYPE) return parseLegacy(statement);
  if (predicateType !== PREDICATE_TYPE)
    throw refusal('PREDICATE_TYPE', `The predicate is ${quoted(predicateType)}; expected ${PREDICATE_TYPE}.`);
  const [subject, ...others] = statement.objects('subject');
  if (subject === undefined || others.length > 0)
    throw refusal(FAULT, 'The statement must be about exactly one subject.');
  const predicate = statement.object('predicate');
  const serialization = parseSerialization(predicate.object('serialization'));
  return {
    legacy: false,
    subject: subject.text('name'),
    rootDigest: subject.object('digest').text('sha256'),
    serialization,
    resources: predicate.objects('resources').map((resource) => parseResource(resource, serialization)),
  };
}

/** Whether bytes that nobody vouches for yet look like the deprecated format; for a message only. */
export function looksLegacy(payload: Uint8Array): boolean {
  return Buffer.from(payload).includes(LEGACY_PREDICATE_TYPE);
}

function parseResource(resource: Fields, { hashType, shardSize }: Serialization): Resource {
  const [name, algorithm] = [resource.text('name'), resource.text('algorithm')];
  // model_signing writes this for a shard; the specification wants the bare name.
  const ofShard = shardSize !== undefined && algorithm === `${hashType}-sharded-${shardSize}`;
  if (!ofShard && hashTypeOf(algorithm) !== hashType)
    throw refusal('HASH_MISMATCH', `${quoted(name)} is hashed with ${quoted(algorithm)}, not ${hashType}.`);
  return { name, digest: readDigest(resource.text('digest'), hashType, name) };
}

const HEX_DIGITS: Readonly<Record<HashType, number>> = { sha256: 64, blake2b: 128, blake3: 64 };

function readDigest(digest: string, hashType: HashType, name: string): string {
  if (digest.length === HEX_DIGITS[hashType] && /^[0-9a-f]*$/.test(digest)) return digest;
  const expected = `${HEX_DIGITS[hashType]} lower-case hex digits`;
  throw refusal('DIGEST_INVALID', `The digest of ${quoted(name)} is not ${hashType}: expected ${expected}.`);
}

/** `blake2` is what model_signing calls BLAKE2b on its command line; the specification says `blake2b`. */
function hashTypeOf(name: string): HashType {
  if (name === 'sha256' || name === 'blake3' || name === 'blake2b') return name;
  if (name === 'blake2') return 'blake2b';
  throw refusal('HASH_UNSUPPORTED', `The hash ${quoted(name)} is not in the OMS algorithm registry.`);
}

function parseSerialization(fields: Fields): Serialization {
  const method = fields.text('method');
  if (method !== 'files' && method !== 'shards')
    throw refusal(FAULT, `The serialization method ${quoted(method)} is neither "files" nor "shards".`);
  if (method === 'files' && fields.has('shard_size'))
    throw refusal(FAULT, 'A serialization by files has no shard_size.');
  const ignorePaths = fields.has('ignore_paths') ? fields.list('ignore_paths') : [];
  if (!ignorePaths.every((path) => typeof path === 'string'))
    throw refusal(FAULT, 'ignore_paths must be a list of texts.');
  return {
    method,
    hashType: hashTypeOf(fields.text('hash_type')),
    ...(method === 'shards' ? { shardSize: fields.count('shard_size') } : {}),
    allowSymlinks: fields.flag('allow_symlinks'),
    ignorePaths,
  };
}

function parseLegacy(statement: Fields): Statement {
  const resources = statement.objects('subject').map((subject) => {
    const name = subject.text('name');
    return { name, digest: readDigest(subject.object('digest').text('sha256'), 'sha256', name) };
  });
  const serialization = {
    method: 'files',
    hashType: 'sha256',
    allowSymlinks: false,
    ignorePaths: [],
  } as const;
  return { legacy: true, subject: '', serialization, resources };
}

/** The bytes to sign for a model hashed file by file with SHA-256. `resources` in code point order. */
export function writeStatement(
  subject: string,
  resources: readonly Resource[],
  ignorePaths: readonly string[],
): { readonly type: typeof PAYLOAD_TYPE; readonly payload: Uint8Array; readonly rootDigest: string } {
  const root = rootDigest(resources);
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: subject, digest: { sha256: root } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      resources: resources.map(({ name, digest }) => ({ name, digest, algorithm: 'sha256' })),
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: ignorePaths,
      },
    },
  };
  const payload = Buffer.from(JSON.stringify(statement, null, 2), 'utf8');
  return { type: PAYLOAD_TYPE, payload, rootDigest: root };
}
