import { z } from 'zod';

const kind = z.enum(['full', 'distilled', 'quantized', 'pruned', 'finetuned', 'other']);
const scalar = z.union([z.string(), z.number()]);

/** A measured run. Probe data are checked by the signals that read them. */
const run = z.object({
  artifact: z.string(),
  seed: z.number().int(),
  environment: z.record(z.string(), scalar),
  probes: z.record(z.string(), z.unknown()),
});

const variant = z.object({
  kind,
  facts: z.record(z.string(), scalar),
  digests: z.array(z.string().regex(/^[0-9a-f]{64}$/, 'expected a lower-case SHA-256')),
  runs: z.array(run),
});

/** A variant id appears in reports and on command lines. */
const variantId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits, dots and dashes');

export const profileSchema = z
  .object({
    schema: z.literal('profile/1'),
    id: z.string().min(1),
    suite: z.object({ id: z.string(), tier: z.string(), sha256: z.string() }),
    variants: z.record(variantId, variant),
  })
  .refine(({ variants }) => Object.values(variants).some((entry) => entry.kind === 'full'), {
    message: 'a profile needs at least one variant of kind full',
  })
  .refine(({ variants }) => !('other' in variants), { message: 'the variant id "other" is reserved' });
