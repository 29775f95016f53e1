import { AssayError } from '../core/errors.js';
import type { Report } from '../core/types.js';
import { type ReportFormat, renderers, renderTerminal } from '../report/index.js';
import { writeText } from './io.js';

export interface OutputTarget<F extends string = ReportFormat> {
  readonly format: F;
  readonly path: string;
}

/** A parser of `--output FORMAT[=PATH]` for the formats of one kind of document. It throws USAGE. */
export function outputParser<F extends string>(
  formats: Readonly<Record<F, unknown>>,
): (value: string) => OutputTarget<F> {
  return (value) => {
    const [format = '', ...rest] = value.split('=');
    if (!Object.hasOwn(formats, format)) {
      throw new AssayError('USAGE', `There is no output format "${format}".`, {
        hint: `Formats: ${Object.keys(formats).join(', ')}. Example: --output html=report.html`,
      });
    }
    return { format: format as F, path: rest.length > 0 ? rest.join('=') : '-' };
  };
}

export const parseOutput = outputParser(renderers);

/** Where documents go; `json` claims standard output for exactly one of them. Throws USAGE. */
export function chooseOutputs<F extends string>(
  outputs: readonly OutputTarget<F>[],
  json: boolean,
): OutputTarget<F | 'json' | 'terminal'>[] {
  const all: OutputTarget<F | 'json' | 'terminal'>[] = json
    ? [...outputs, { format: 'json', path: '-' }]
    : [...outputs];
  if (all.filter(({ path }) => path === '-').length > 1) {
    throw new AssayError('USAGE', 'More than one report would go to standard output.', {
      hint: 'Give the others a file: --output html=report.html',
    });
  }
  return all.some(({ path }) => path === '-') ? all : [...all, { format: 'terminal', path: '-' }];
}

/** Text on standard output that a terminal shows, which may have its colours. */
export function isScreen({ format, path }: OutputTarget<string>): boolean {
  const screen = format === 'terminal' && path === '-' && process.stdout.isTTY === true;
  return screen && process.env.NO_COLOR === undefined;
}

export function writeOutputs<F extends string>(
  outputs: readonly OutputTarget<F>[],
  render: (target: OutputTarget<F>) => string,
): void {
  // Standard output last: after a file that cannot be written it still takes exactly one document.
  const ordered = [...outputs].sort((a, b) => Number(a.path === '-') - Number(b.path === '-'));
  for (const target of ordered) writeText(target.path, render(target));
}

export function writeReport(report: Report, outputs: readonly OutputTarget[]): void {
  writeOutputs(outputs, (target) =>
    isScreen(target) ? renderTerminal(report, { color: true }) : renderers[target.format](report),
  );
}
