import { z } from 'zod';

const kind = z.enum(['full', 'distilled', 'quantized', 'pruned', 'finetuned', 'other']);
const scalar = z.union([z.string(), z.number()]);
const factValue = z.union([z.string(), z.number(), z.boolean()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a lower-case SHA-256');

/** A measured run. Probe data are checked by the signals that read them. */
const run = z.object({
  artifact: z.string(),
  seed: z.number().int(),
  environment: z.record(z.string(), scalar),
  probes: z.record(z.string(), z.unknown()),
});

const source = z.object({
  what: z.string().min(1),
  where: z.string().optional(),
  commit: z.string().optional(),
});

/** A name, not a path: it is compared with names in a delivery. */
const fileName = z.string().regex(/^[^/\\]{1,255}$/, 'expected a file name without folders');
const file = z.object({
  name: fileName,
  bytes: z.number().int().positive().optional(),
  sha256,
  source: z.string(),
  confidence: z.enum(['high', 'medium', 'low']),
});

const variant = z.object({
  kind,
  facts: z.record(z.string(), factValue),
  cited: z.record(z.string(), z.array(z.string())).optional(),
  unconfirmed: z.array(z.string()).optional(),
  tokenStack: z.string().optional(),
  responseKeys: z.array(sha256).optional(),
  aliases: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
  digests: z.array(sha256),
  files: z.array(file).optional(),
  runs: z.array(run),
});
type Variant = z.infer<typeof variant>;

/** Far above what any signal says; a sum of some of them is still a number. */
const MAX_NATS = 1e6;
const nats = z.number().min(0).max(MAX_NATS);
const signalCalibration = z.object({
  runs: z.number().int().positive(),
  noise: nats,
  power: z.record(z.string(), nats),
});

/** A variant id appears in reports and on command lines. */
const variantId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits, dots and dashes');

export const profileSchema = z
  .object({
    schema: z.literal('profile/1'),
    id: z.string().min(1),
    suite: z.object({ id: z.string(), tier: z.string(), sha256: z.string() }).optional(),
    sources: z.record(z.string(), source).optional(),
    variants: z.record(variantId, variant),
    calibration: z.record(z.string(), signalCalibration).optional(),
  })
  .refine(({ variants }) => Object.values(variants).some((entry) => entry.kind === 'full'), {
    message: 'a profile needs at least one variant of kind full',
  })
  .refine(({ variants }) => !('other' in variants), { message: 'the variant id "other" is reserved' })
  .refine(
    ({ variants, calibration }) =>
      calibration === undefined || Object.values(variants).some(({ runs }) => runs.length > 0),
    { message: 'a calibration needs the runs it was measured on', path: ['calibration'] },
  )
  .check(({ value: { suite, sources = {}, variants }, issues }) => {
    for (const [id, entry] of Object.entries(variants)) {
      const complain = (message: string): unknown =>
        issues.push({ code: 'custom', input: entry, path: ['variants', id], message });
      if (entry.runs.length > 0 && !suite) complain('runs need the suite they were measured with');
      const unknown = citations(entry).find((key) => !Object.hasOwn(sources, key));
      if (unknown !== undefined) complain(`"${unknown}" is not among the sources`);
      const stray = [...(entry.unconfirmed ?? []), ...Object.keys(entry.cited ?? {})].find(
        (fact) => !Object.hasOwn(entry.facts, fact),
      );
      if (stray !== undefined) complain(`"${stray}" is cited or unconfirmed, but is not among the facts`);
    }
  });

function citations({ cited = {}, files = [] }: Variant): string[] {
  return [...Object.values(cited).flat(), ...files.map(({ source: key }) => key)];
}
