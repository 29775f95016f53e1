import { type Command, InvalidArgumentError } from 'commander';
import { type ServeOptions, serve } from '../../api/serve.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { readApiKey } from '../../io/endpoint/api-key.js';
import { cheats } from '../../serve/cheats/table.js';
import { dialects } from '../../serve/dialects/table.js';
import { writeText } from '../io.js';
import { repeated, wholeNumber, withJson } from '../options.js';

interface ServeFlags {
  readonly json?: boolean;
  readonly port: number;
  readonly model?: string;
  readonly dialect: string;
  readonly cheat?: readonly string[];
  readonly other?: string;
  readonly seed: number;
  readonly threads?: number;
  readonly apiKeyEnv?: string;
  readonly strictModel?: boolean;
}

const listed = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, summary]) => `  ${name.padEnd(22)} ${summary}`).join('\n');

const HELP = `
Dialects:
${listed(dialects.map(({ name, summary }) => [name, summary]))}

Cheats:
${listed(Object.entries(cheats).map(([name, { summary }]) => [name, summary]))}`;

export function serveCommand(program: Command): void {
  withJson(program.command('serve <folder>'))
    .description('answer as an OpenAI-compatible endpoint on this machine, with a local ONNX model')
    .option('--port <n>', 'port to listen on (0: any that is free)', port, 0)
    .option('--model <name>', 'name the model is served under')
    .option('--dialect <name>', 'kind of server to speak like, see below', 'openai')
    .option(
      '--cheat <name[=value]>',
      'what the server does behind the buyer’s back (repeatable)',
      repeated(String),
    )
    .option('--other <folder>', 'second model, for the cheats dilute and replica')
    .option('--seed <n>', 'seed of what cheats draw', wholeNumber, 0)
    .option('--threads <n>', 'threads of the runtime (0: its own choice)', wholeNumber)
    .option('--api-key-env <variable>', 'environment variable that holds the key requests must carry')
    .option('--strict-model', 'answer 404 to other model names')
    .addHelpText('after', HELP)
    .action(async (folder: string, flags: ServeFlags) => {
      const stopped = interruption();
      const server = await serve(folder, serveOptions(flags));
      const { url, model } = server;
      const example = `assay audit ${url} --model ${model} --allow-private-addresses`;
      writeText(
        '-',
        flags.json ? canonicalJson({ schema: 'server/1', url, model }) : `${url}  try: ${example}\n`,
      );
      await stopped;
      await server.close();
    });
}

function serveOptions({ cheat = [], ...flags }: ServeFlags): ServeOptions {
  return {
    port: flags.port,
    dialect: flags.dialect,
    cheats: cheat,
    seed: flags.seed,
    strictModel: flags.strictModel === true,
    ...(flags.model === undefined ? {} : { model: flags.model }),
    ...(flags.other === undefined ? {} : { other: flags.other }),
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    ...(flags.apiKeyEnv === undefined ? {} : { key: readApiKey(flags.apiKeyEnv) }),
  };
}

/** Ctrl-C ends the server; a second one ends the process at once. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
}

function port(text: string): number {
  const number = wholeNumber(text);
  if (number <= 65_535) return number;
  throw new InvalidArgumentError('expected a port from 0 to 65535.');
}
