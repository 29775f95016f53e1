import type { Command } from 'commander';
import { sign, verify } from '../../api/sign.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { readText, writeText } from '../io.js';
import { withJson } from '../options.js';

export function signCommand(program: Command): void {
  withJson(program.command('sign <file>'))
    .description('sign evidence, a report or a profile (DSSE, Ed25519 or ECDSA)')
    .requiredOption('--key <pem>', 'private key file')
    .option('-o, --out <file>', 'envelope to write (- is standard output)', '-')
    .action((path: string, { key, out }: { key: string; out: string }) => {
      writeText(out, canonicalJson(sign(readText(path), readText(key))));
    });
  withJson(program.command('verify <envelope>'))
    .description('check a signature and print the document')
    .requiredOption('--key <pem>', 'public key file')
    .option('-o, --out <file>', 'document to write (- is standard output)', '-')
    .action((path: string, { key, out, json }: { key: string; out: string; json?: boolean }) => {
      const document = verify(readText(path), readText(key));
      if (json) process.stdout.write(canonicalJson({ schema: 'verification/1', valid: true }));
      if (!json || out !== '-') writeText(out, document);
    });
}
