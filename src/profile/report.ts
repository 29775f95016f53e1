import { z } from 'zod';
import { AssayError } from '../core/errors.js';
import type { Report } from '../core/types.js';

const text = z.string();
const scalar = z.union([text, z.number()]);
const error = z.object({ code: text, message: text, hint: text.optional() });
const reason = z.object({ signal: text, sentence: text, nats: z.number().optional() });
const verdict = z.object({
  outcome: z.enum(['upheld', 'refuted', 'inconclusive']),
  kind: z.enum(['full', 'distilled', 'quantized', 'pruned', 'finetuned', 'other', 'unknown']),
  kindProbability: z.number().nullable(),
  variant: text.nullable(),
  confidence: z.number(),
  posterior: z.record(text, z.number()),
  eValue: z.number().nullable(),
  falseAccusationRate: z.number(),
  reasons: z.array(reason),
  against: z.array(reason),
  wouldDecide: z.array(
    z.object({ sentence: text, requests: z.number().optional(), tokens: z.number().optional() }),
  ),
  evasions: z.array(text),
});
const detail = z.discriminatedUnion('type', [
  z.object({ type: z.literal('number'), label: text, value: z.number().nullable(), unit: text.optional() }),
  z.object({ type: z.literal('text'), label: text, value: text }),
  z.object({
    type: z.literal('heatmap'),
    label: text,
    unit: text,
    rows: z.array(z.array(z.number().nullable())),
  }),
  z.object({ type: z.literal('samples'), label: text, unit: text, values: z.array(z.number().nullable()) }),
]);
const identity = {
  id: text,
  title: text,
  group: text,
  spoofing: z.enum(['trivial', 'costly', 'infeasible']),
};
const signal = z.discriminatedUnion('status', [
  z.object({
    ...identity,
    status: z.literal('scored'),
    observed: text,
    expected: z.record(text, text),
    logLikelihood: z.record(text, z.number().nullable()),
    n: z.number(),
    streams: z.number().optional(),
    details: z.array(detail),
  }),
  z.object({ ...identity, status: z.literal('skipped'), reason: text }),
  z.object({ ...identity, status: z.literal('errored'), error }),
]);
const reportSchema = z.object({
  schema: z.literal('report/1'),
  tool: z.object({ name: text, version: text }),
  candidate: z.object({ kind: text, label: text, digest: text.nullable() }),
  claim: z.object({ profile: text, variant: text }),
  verdict,
  signals: z.array(signal),
  clauses: z.array(z.object({ id: text, expected: text, observed: text, passed: z.boolean() })),
  probes: z.record(text, z.object({ status: text, error: error.optional(), missing: text.optional() })),
  environment: z.record(text, scalar),
  inputs: z.object({ evidence: text, profile: text }),
  warnings: z.array(text),
});

/** Check a saved report before it is rendered. Throws EVIDENCE_INVALID. */
export function readReport(json: string, name: string): Report {
  const invalid = (why: string, cause?: unknown): AssayError =>
    new AssayError('EVIDENCE_INVALID', `Report ${name} is invalid: ${why}`, {
      hint: 'Make it with: assay audit <candidate> --profile … --output json=report.json',
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid((cause as Error).message, cause);
  }
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return parsed.data as Report;
}
