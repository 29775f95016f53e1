import type { Command } from 'commander';
import { verifyResponse } from '../../api/response-signature.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { EXIT } from '../exit.js';
import { readBytes, writeText } from '../io.js';
import { withJson } from '../options.js';
import { chosenKey } from '../response-key.js';

interface Flags {
  readonly key?: string;
  readonly secretEnv?: string;
  readonly json?: boolean;
}

export function verifyResponseCommand(program: Command): void {
  withJson(program.command('verify-response <body> <signature>'))
    .description('check a signature over the exact bytes of a saved answer (Ed25519, ECDSA or HMAC-SHA256)')
    .option('--key <pem>', 'public key file')
    .option('--secret-env <variable>', 'environment variable that holds the secret')
    .action((body: string, signature: string, { key, secretEnv, json }: Flags) => {
      const found = verifyResponse(readBytes(body), readBytes(signature), chosenKey(key, secretEnv));
      const { status, algorithm, bodySha256 } = found;
      writeText(
        '-',
        json
          ? canonicalJson({ schema: 'response-verification/1', ...found })
          : `${status === 'valid' ? 'Valid' : 'Invalid'}: ${algorithm} over ${bodySha256} (SHA-256 of the body)\n`,
      );
      process.exitCode = status === 'valid' ? 0 : EXIT.refuted;
    });
}
