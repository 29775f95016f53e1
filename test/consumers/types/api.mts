import { type AuditOptions, audit, type Evidence, isAssayError, type Report, score } from 'model-assay';
import * as matchers from 'model-assay/matchers';

const options: AuditOptions = { profile: 'quill', expect: { attentionHeads: 8 } };
const report: Report = await audit('./model', options);
const again = (evidence: Evidence): Report => score(evidence, { profile: 'quill' });
const result: Promise<matchers.MatcherResult> = matchers.toMatchReference.call({ isNot: true }, report);
// @ts-expect-error a profile is required
score({} as Evidence, {});
// @ts-expect-error no such outcome
report.verdict.outcome === 'passed';

export const used = [again, result, isAssayError(undefined, 'USAGE')];
