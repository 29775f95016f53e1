import { z } from 'zod';
import { AssayError } from '../core/errors.js';
import type { Evidence } from '../core/types.js';

const scalar = z.union([z.string(), z.number()]);
const status = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok'), version: z.number().int(), data: z.unknown() }),
  z.object({ status: z.literal('unavailable'), missing: z.string() }),
  z.object({
    status: z.literal('failed'),
    error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
  }),
]);
/** The verdict itself reads these; all other probe data are checked by the signal that reads them. */
const contradictions = z.array(
  z.object({
    fact: z.string(),
    values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
);
const paths = z.array(z.string());
const delivered = z.object({
  path: z.string(),
  bytes: z.number(),
  sha256: z.string().nullable(),
  pointer: z.object({ sha256: z.string(), bytes: z.number() }).optional(),
});
const WITNESSES: Readonly<Record<string, z.ZodType>> = {
  architecture: z.object({ contradictions }),
  files: z.object({
    files: z.array(delivered),
    weights: paths,
    manifest: z
      .object({
        changed: z.array(z.object({ path: z.string(), pointer: z.boolean().optional() })),
        missing: paths,
        extra: paths,
      })
      .optional(),
  }),
  quantization: z.object({
    labels: z.array(
      z.object({ source: z.string(), label: z.string(), found: paths, contradicts: z.boolean() }),
    ),
  }),
};

function faultOf(id: string, data: { readonly contradictions?: unknown }): z.ZodError | undefined {
  const known = Object.hasOwn(WITNESSES, id) ? WITNESSES[id] : undefined;
  return known?.safeParse(data).error ?? contradictions.optional().safeParse(data.contradictions).error;
}

const evidenceSchema = z.object({
  schema: z.literal('evidence/1'),
  tool: z.object({ name: z.string(), version: z.string() }),
  candidate: z.object({ kind: z.string(), label: z.string(), digest: z.string().nullable() }),
  collectedAt: z.string(),
  environment: z.record(z.string(), scalar),
  seed: z.number().int(),
  suite: z.object({ id: z.string(), tier: z.string(), sha256: z.string() }),
  probes: z.record(z.string(), status).check(({ value: probes, issues }) => {
    for (const [id, probe] of Object.entries(probes)) {
      if (probe.status !== 'ok') continue;
      const error = faultOf(id, Object(probe.data));
      if (!error) continue;
      const [issue] = error.issues;
      const message = `the ${id} probe at ${issue?.path.join('.') || 'its contradictions'}: ${issue?.message}`;
      issues.push({ code: 'custom', input: probe, message });
    }
  }),
  warnings: z.array(z.string()),
});

/** Parse and check saved evidence. Throws EVIDENCE_INVALID. */
export function readEvidence(text: string, name: string): Evidence {
  return checkEvidence(json(text, name), name);
}

/** Check that a value has the shape of evidence before it is scored. Throws EVIDENCE_INVALID. */
export function checkEvidence(value: unknown, name: string): Evidence {
  const parsed = evidenceSchema.safeParse(value);
  if (parsed.success) return parsed.data as Evidence;
  throw new AssayError('EVIDENCE_INVALID', `Evidence ${name} is invalid: ${z.prettifyError(parsed.error)}`, {
    hint: 'Collect it again with: assay collect <candidate> -o evidence.json',
  });
}

function json(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AssayError('EVIDENCE_INVALID', `Evidence ${name} is not JSON: ${(cause as Error).message}`, {
      hint: 'Check that the file is complete.',
      cause,
    });
  }
}
