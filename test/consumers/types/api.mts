import {
  type AttentionReading,
  type AuditOptions,
  attention,
  audit,
  type Evidence,
  isAssayError,
  type Report,
  score,
} from 'model-assay';
import * as matchers from 'model-assay/matchers';

const options: AuditOptions = { profile: 'quill', expect: { attentionHeads: 8 } };
const report: Report = await audit('./model', options);
const again = (evidence: Evidence): Report => score(evidence, { profile: 'quill' });
const result: Promise<matchers.MatcherResult> = matchers.toMatchReference.call({ isNot: true }, report);
const one: Promise<AttentionReading> = attention('./model', [1, 2, 3]);
const several: Promise<AttentionReading[]> = attention('./model', [[1, 2, 3], 'text'] as const);
// @ts-expect-error several prompts give several readings
const wrong: Promise<AttentionReading> = attention('./model', ['a', 'b']);
// @ts-expect-error a profile is required
score({} as Evidence, {});
// @ts-expect-error no such outcome
report.verdict.outcome === 'passed';

export const used = [one, several, wrong, again, result, isAssayError(undefined, 'USAGE')];
