import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/types.js';
import { renderJson, renderSarif } from '../../src/report/index.js';
import { EXAMPLES, INCONCLUSIVE, REFUTED, UPHELD } from '../support/example-reports.js';
import { ALL_HOSTILE, HOSTILE, hostileReport, unsafeCharacters } from '../support/hostile.js';

interface Message {
  readonly text: string;
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level?: string;
  readonly message: Message;
  readonly properties?: Readonly<Record<string, number>>;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
}
interface Run {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version: string;
      readonly rules: readonly {
        readonly id: string;
        readonly shortDescription: Message;
        readonly defaultConfiguration: { readonly level: string };
      }[];
    };
  };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly { readonly message: Message; readonly level: string }[];
  }[];
  readonly results: readonly Result[];
}

function sarif(report: Report): { readonly run: Run; readonly log: Record<string, unknown> } {
  const log = JSON.parse(renderSarif(report));
  expect(log.runs).toHaveLength(1);
  return { run: log.runs[0], log };
}

const uriOf = (label: string) =>
  sarif({ ...REFUTED, candidate: { ...REFUTED.candidate, label } }).run.results[0]?.locations[0]
    ?.physicalLocation.artifactLocation.uri;

/** Every string of a document, keys included. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(strings)];
}

/** What the SARIF 2.1.0 standard and its schema demand of the properties we write. */
function expectConforming({ run, log }: ReturnType<typeof sarif>): void {
  expect(log.version).toBe('2.1.0');
  expect(log.$schema).toMatch(/^https:.*sarif-schema-2\.1\.0\.json$/);
  const { driver } = run.tool;
  const ids = driver.rules.map(({ id }) => id);
  expect(driver.name).not.toBe('');
  expect(new Set(ids).size).toBe(ids.length);
  for (const { defaultConfiguration, shortDescription } of driver.rules) {
    expect(defaultConfiguration.level).toMatch(/^(none|note|warning|error)$/);
    expect(shortDescription.text).not.toBe('');
  }
  for (const result of run.results) {
    expect(ids[result.ruleIndex]).toBe(result.ruleId);
    expect(result.message.text).not.toBe('');
    expect(result.kind).toMatch(/^(fail|open|pass)$/);
    expect(result.level ?? 'none').toMatch(result.kind === 'fail' ? /^(note|error)$/ : /^none$/);
    const uri = result.locations[0]?.physicalLocation.artifactLocation.uri ?? '';
    expect(uri).toMatch(/^(?:[\w.~!'()*-]|%[\dA-F]{2})+(?:\/(?:[\w.~!'()*-]|%[\dA-F]{2})+)*$/);
  }
}

describe('sarif', () => {
  it.each(Object.entries(EXAMPLES))('conforms and repeats itself: %s', (_, report) => {
    expectConforming(sarif(report));
    expect(renderSarif(report)).toBe(renderSarif(JSON.parse(renderJson(report))));
  });

  it.each([...HOSTILE, ALL_HOSTILE, ''])('conforms and carries nothing unsafe with %j', (hostile) => {
    const document = sarif(hostileReport(hostile));
    expectConforming(document);
    expect(strings(document.log).flatMap(unsafeCharacters)).toEqual([]);
    expect(strings(document.log).join()).not.toContain('\n');
  });

  it('is an error when refuted, open when inconclusive, a pass when upheld', () => {
    const verdict = (report: Report) => {
      const { run } = sarif(report);
      const { kind, level } = run.results[0] ?? {};
      return [kind, level, run.tool.driver.rules[0]?.defaultConfiguration.level];
    };
    expect(verdict(REFUTED)).toEqual(['fail', 'error', 'error']);
    expect(verdict(INCONCLUSIVE)).toEqual(['open', undefined, 'note']);
    expect(verdict(UPHELD)).toEqual(['pass', 'none', 'none']);
  });

  it('gives the e-value and the accepted rate with the verdict alone', () => {
    const properties = sarif(REFUTED).run.results.map((result) => result.properties);
    expect(properties).toEqual([{ eValue: 4.76e8, falseAccusationRate: 0.001 }, ...Array(3).fill(undefined)]);
    expect(sarif(REFUTED).run.results[0]?.message.text).toContain(
      'E-value against the claim 4.8e8, refuted from 1,000 on.',
    );
  });

  it('has a rule for the verdict, each signal and each clause', () => {
    expect(sarif(REFUTED).run.tool.driver.rules.map(({ id }) => id)).toEqual([
      'verdict',
      ...REFUTED.signals.map(({ id }) => `signal/${id}`),
      'clause/layers',
      'clause/weight-bits',
      'probe/generation',
    ]);
  });

  it('reports failed clauses, and what failed with its code and next step', () => {
    const [, ...rest] = sarif(REFUTED).run.results.map(
      ({ ruleId, level, message }) => `${ruleId} ${level} ${message.text}`,
    );
    expect(rest).toEqual([
      'clause/layers error expected 12, observed 6',
      'probe/generation note RUNTIME_TIMEOUT: prompt 7 of 8 did not finish within 120 s; next: Raise --timeout or use --suite quick.',
      'signal/repetition note INTERNAL: rep-4 is undefined for texts under 4 tokens; 3 of 8 texts are shorter; next: Collect again with --suite standard.',
    ]);
    expect(sarif(UPHELD).run.results).toHaveLength(1);
  });

  it('tells what was not measured without making it a result', () => {
    const [invocation] = sarif(REFUTED).run.invocations;
    expect(invocation?.executionSuccessful).toBe(true);
    expect(invocation?.toolExecutionNotifications.map(({ level, message }) => [level, message.text])).toEqual(
      [
        ['note', 'Signal chat-template skipped: the candidate ships no chat template'],
        ['note', 'Probe chat-template unavailable: chat template'],
        ['warning', REFUTED.warnings[0]],
      ],
    );
  });

  it.each([
    ['acme/gpt2-premium-onnx', 'acme/gpt2-premium-onnx'],
    ['my model.onnx', 'my%20model.onnx'],
    ['gpt2 at api:8080?x#y%', 'gpt2%20at%20api%3A8080%3Fx%23y%25'],
    ['/home/alice/secret/model.onnx', 'model.onnx'],
    ['C:\\Users\\alice\\model.onnx', 'model.onnx'],
    ['\\\\server\\share\\model.onnx', 'model.onnx'],
    ['file:///home/alice/model.onnx', 'model.onnx'],
    ['../../etc/passwd', 'etc/passwd'],
    ['模型', '%E6%A8%A1%E5%9E%8B'],
    ['..', 'candidate'],
  ])('places results of %j at %s', (label, uri) => {
    expect(uriOf(label)).toBe(uri);
  });

  it('names no directory of the machine that made the report', () => {
    const text =
      'cannot read /home/alice/models/a.onnx, "C:\\Users\\alice\\b.onnx" or file:///home/alice/c.onnx; see https://example.test/docs/a and acme/gpt2/onnx';
    const failed = { status: 'failed', error: { code: 'FILE_UNREADABLE', message: text } } as const;
    const { run } = sarif({ ...UPHELD, probes: { files: failed }, warnings: [text] });
    const clean =
      'cannot read a.onnx, "b.onnx" or c.onnx; see https://example.test/docs/a and acme/gpt2/onnx';
    expect(run.results[1]?.message.text).toBe(`FILE_UNREADABLE: ${clean}`);
    expect(run.invocations[0]?.toolExecutionNotifications[0]?.message.text).toBe(clean);
  });

  it('lets no text become a placeholder or a link', () => {
    const { run } = sarif({ ...UPHELD, warnings: ['{0} [pay](http://evil.test)'] });
    expect(run.invocations[0]?.toolExecutionNotifications[0]?.message.text).toBe(
      '{{0}} [pay] (http://evil.test)',
    );
  });
});
