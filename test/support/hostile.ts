import type { Report } from '../../src/core/types.js';
import { gaps, REFUTED, waves } from './example-reports.js';

/** What a seller might put into a name, a message or a variant id. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '\u001b[2J\u001b[31mupheld\u001b]8;;http://evil.test\u0007link\u001b]8;;\u0007',
  'abc\u202edlehpu\u2066\u200b\u0000',
  'a | b \\| c\n\n# Upheld\n<details open>\n- [x] done',
  '[pay](javascript:alert(1)) ![i](http://evil.test/p.png) www.evil.test @admins #1',
  '``` `` ` \\',
  ']]>&lt;&#60;',
  '\ud800 \ufffe',
] as const;

export const ALL_HOSTILE = HOSTILE.join(' ');

/** Characters no report may pass on: controls but for line ends, format characters, lone surrogates. */
export function unsafeCharacters(text: string): readonly string[] {
  return text.replaceAll('\n', '').match(/[\p{Cc}\p{Cf}\p{Cs}\u{fffe}\u{ffff}]/gu) ?? [];
}

const error = (text: string) => ({ code: 'INTERNAL', message: text, hint: text }) as const;

function hostileSignals(text: string): Report['signals'] {
  const head = { id: text, title: text, group: text, spoofing: 'costly' } as const;
  const scored = {
    ...head,
    status: 'scored',
    observed: text,
    expected: { [text]: text, constructor: text },
    logLikelihood: { [text]: -1, valueOf: -2, full: -3 },
    n: 4,
    details: [
      { type: 'number', label: text, value: Number.NaN, unit: text },
      { type: 'text', label: text, value: text },
      { type: 'heatmap', label: text, unit: text, rows: waves(3, 4) },
      { type: 'samples', label: text, unit: text, values: gaps(50, 3) },
    ],
  } as const;
  return [
    scored,
    { ...head, status: 'skipped', reason: text },
    { ...head, status: 'errored', error: error(text) },
  ];
}

/** The refuted example with `text` wherever text can come from outside. */
export function hostileReport(text: string): Report {
  return {
    ...REFUTED,
    tool: { name: text, version: text },
    candidate: { kind: text, label: text, digest: text },
    claim: { profile: text, variant: text },
    verdict: {
      ...REFUTED.verdict,
      variant: `${text}2`,
      posterior: { [text]: 0.5, constructor: 0.5 },
      reasons: [{ signal: text, sentence: text, nats: 3 }],
      against: [{ signal: text, sentence: text, nats: Number.NaN }],
      wouldDecide: [{ sentence: text, requests: 3, tokens: 40 }],
      evasions: [text],
    },
    signals: hostileSignals(text),
    clauses: [{ id: text, expected: text, observed: text, passed: false }],
    probes: {
      [text]: { status: 'failed', error: error(text) },
      [`${text}2`]: { status: text, missing: text },
    },
    environment: { [text]: text },
    inputs: { evidence: text, profile: text },
    warnings: [text],
  };
}
