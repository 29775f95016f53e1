import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { signModel } from '../../api/sign-model.js';
import {
  type ModelVerification,
  SIGNATURE_FILE,
  type VerifyModelOptions,
  verifyModel,
} from '../../api/verify-model.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { AssayError } from '../../core/errors.js';
import { cleanText } from '../../report/text.js';
import { EXIT } from '../exit.js';
import { readText, writeText } from '../io.js';
import { repeated, withJson } from '../options.js';

interface SignFlags {
  readonly key: string;
  readonly certificateChain?: string;
  readonly out?: string;
  readonly ignore?: readonly string[];
  readonly json?: boolean;
}

interface VerifyFlags {
  readonly signature?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly identity?: string;
  readonly issuer?: string;
  readonly trustedRoot?: string;
  readonly ignore?: readonly string[];
  readonly ignoreUnsignedFiles?: boolean;
  readonly allowLegacy?: boolean;
  readonly at?: Date;
  readonly json?: boolean;
}

const asIs = repeated((path) => path);

export function signModelCommand(program: Command): void {
  withJson(program.command('sign-model <folder>'))
    .description('sign every file of a model (OpenSSF Model Signing 1.0)')
    .requiredOption('--key <pem>', 'ECDSA private key file (P-256, P-384 or P-521)')
    .option('--certificate-chain <pem>', 'certificate of the key, then its authorities')
    .option('-o, --out <file>', `signature to write (${SIGNATURE_FILE} in the folder)`)
    .option('--ignore <path>', 'leave out a path of the folder; repeatable', asIs)
    .action(runSign);
  withJson(program.command('verify-model <folder>'))
    .description('hold a model against its OpenSSF Model Signing bundle, offline')
    .option('--signature <file>', `signature file (${SIGNATURE_FILE} in the folder)`)
    .option('--key <pem>', 'public key file of the signer')
    .option('--ca <pem>', 'certificate authorities you trust')
    .option('--identity <name>', 'whom Sigstore must name as signer, in full')
    .option('--issuer <url>', 'who must vouch for that identity')
    .option('--trusted-root <json>', 'trusted root of a Sigstore instance of your own')
    .option('--ignore <path>', 'leave out a path of the folder; repeatable', asIs)
    .option('--ignore-unsigned-files', 'accept files that nobody signed')
    .option('--allow-legacy', 'accept the deprecated format of model_signing 0.2')
    .option('--at <date>', 'when certificates must be valid (now)', parseDate)
    .action(runVerify);
}

function parseDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('expected a date like 2026-01-31.');
  return date;
}

async function runSign(folder: string, flags: SignFlags): Promise<void> {
  const out = flags.out ?? defaultSignature(folder);
  const { bundle, ...signed } = await signModel(folder, {
    privateKey: readText(flags.key),
    ...(out === '-' ? {} : { signature: out }),
    ...(flags.certificateChain === undefined ? {} : { certificateChain: readText(flags.certificateChain) }),
    ...(flags.ignore === undefined ? {} : { ignorePaths: flags.ignore }),
  });
  if (out === '-' && flags.json)
    throw new AssayError('USAGE', 'The signature and the JSON document would both go to standard output.', {
      hint: 'Give the signature a file: -o model.sig',
    });
  writeText(out, bundle);
  if (flags.json) writeText('-', canonicalJson({ schema: 'model-signature/1', ...signed }));
  else if (out !== '-')
    writeText('-', `signed ${count(signed.files, 'file')} (${signed.bytes} bytes): ${cleanText(out)}\n`);
}

/** In the folder, or beside a single file. */
function defaultSignature(model: string): string {
  const isFolder = statSync(model, { throwIfNoEntry: false })?.isDirectory() ?? true;
  return isFolder ? join(model, SIGNATURE_FILE) : `${model}.sig`;
}

async function runVerify(folder: string, flags: VerifyFlags): Promise<void> {
  const { ignoreUnsignedFiles = false, allowLegacy = false } = flags;
  const verification = await verifyModel(folder, {
    trust: trustOf(flags),
    signature: flags.signature ?? defaultSignature(folder),
    ignoreUnsignedFiles,
    allowLegacy,
    ...(flags.at === undefined ? {} : { at: flags.at }),
    ...(flags.ignore === undefined ? {} : { ignorePaths: flags.ignore }),
  });
  const text = flags.json
    ? canonicalJson({ schema: 'model-verification/1', ...verification })
    : `${lines(verification).map(cleanLine).join('\n')}\n`;
  writeText('-', text);
  process.exitCode = verification.ok ? EXIT.upheld : EXIT.refuted;
}

function trustOf({ key, ca, identity, issuer, trustedRoot }: VerifyFlags): VerifyModelOptions['trust'] {
  const given = [key, ca, identity ?? issuer].filter((flag) => flag !== undefined);
  if (given.length === 1 && key !== undefined) return { publicKey: readText(key) };
  if (given.length === 1 && ca !== undefined) return { authorities: readText(ca) };
  if (given.length === 1 && identity !== undefined && issuer !== undefined)
    return { identity, issuer, ...(trustedRoot === undefined ? {} : { trustedRoot: readText(trustedRoot) }) };
  throw new AssayError('USAGE', 'Whom to trust is not said in one way.', {
    hint: 'Give --key public.pem, or --ca root.pem, or --identity NAME with --issuer URL.',
  });
}

/** The verdict in one line, what it covers, then the findings. */
function lines({ ok, findings, omitted, signer, statement, ignored }: ModelVerification): string[] {
  const files = statement === null ? '' : `: ${count(statement.files, 'file')}`;
  return [
    `${ok ? 'verified' : 'refused'}${files}`,
    ...(signer === null ? [] : [`signed by ${signerText(signer)}`]),
    ...findings.map(
      ({ code, severity, message }) => `${severity === 'error' ? '' : 'warning '}${code}: ${message}`,
    ),
    ...(omitted === 0 ? [] : [`and ${count(omitted, 'finding')} more`]),
    ...(ignored.length === 0 ? [] : [`not covered by the signature: ${ignored.join(', ')}`]),
  ];
}

function signerText(signer: NonNullable<ModelVerification['signer']>): string {
  if (signer.method === 'key') return `the given key (SHA-256 ${signer.hint})`;
  if (signer.method === 'certificate') return `certificate ${signer.subject} (SHA-256 ${signer.sha256})`;
  return `${signer.identity}, as ${signer.issuer} says`;
}

function cleanLine(line: string): string {
  return cleanText(line);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
