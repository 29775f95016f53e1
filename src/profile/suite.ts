import { parse } from 'yaml';
import { z } from 'zod';
import { AssayError } from '../core/errors.js';
import type { Suite } from '../core/types.js';

const tier = z.enum(['quick', 'standard', 'deep']);
const count = z.number().int().positive();
const budget = z.object({
  newTokens: count,
  promptTokens: count,
  textTokens: count,
  latencyRuns: count,
  latencyTokens: count,
});
const message = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string().min(1) });
const suiteFile = z.object({
  schema: z.literal('suite/1'),
  id: z.string(),
  version: count,
  budgets: z.object({ quick: budget, standard: budget, deep: budget }),
  prompts: z.array(
    z.object({
      id: z.string(),
      category: z.string(),
      language: z.string(),
      tier,
      messages: z.array(message).min(1),
    }),
  ),
  texts: z.array(z.object({ id: z.string(), language: z.string(), tier, text: z.string().min(1) })),
});

export type SuiteTier = z.infer<typeof tier>;
const RANK: Readonly<Record<SuiteTier, number>> = { quick: 0, standard: 1, deep: 2 };

/** One tier of a suite file, with the tiers below it. Throws SUITE_INVALID. */
export function readSuite(yaml: string, wanted: SuiteTier, sha256: string): Suite {
  const parsed = suiteFile.safeParse(safeYaml(yaml));
  if (!parsed.success) {
    throw new AssayError('SUITE_INVALID', `The probe suite is invalid: ${z.prettifyError(parsed.error)}`, {
      hint: 'Compare it with suites/prompts.yaml of the package.',
    });
  }
  const { id, version, budgets, prompts, texts } = parsed.data;
  const included = (item: { tier: SuiteTier }): boolean => RANK[item.tier] <= RANK[wanted];
  return {
    id: `${id}/${version}`,
    tier: wanted,
    sha256,
    prompts: prompts.filter(included),
    texts: texts.filter(included),
    budget: budgets[wanted],
  };
}

function safeYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new AssayError('SUITE_INVALID', `The probe suite is not YAML: ${(cause as Error).message}`, {
      hint: 'Check indentation and quoting.',
      cause,
    });
  }
}
