import { plannedCost } from '../../api/collect.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { AssayError } from '../../core/errors.js';
import type { CandidateSpec } from '../../core/types.js';
import { endpointAddress } from '../../io/endpoint/base-url.js';
import { isWeightsAddress } from '../../io/remote-delivery.js';
import { writeText } from '../io.js';
import type { CollectFlags } from '../options.js';

/** A command-line candidate: a path, or an address with --model or with its model after `#`. Throws USAGE. */
export function candidateSpec(
  text: string,
  flags: { readonly model?: string | undefined; readonly apiKeyEnv?: string | undefined },
): string | CandidateSpec {
  if (!/^https?:\/\//.test(text) || (flags.model === undefined && isWeightsAddress(text))) return text;
  const address = endpointAddress(text);
  const model = flags.model ?? address.model;
  if (model === undefined) {
    throw new AssayError('USAGE', 'An endpoint needs --model.', {
      hint: 'Example: assay audit https://host/v1 --model name, or https://host/v1#name',
    });
  }
  return {
    kind: 'endpoint',
    baseUrl: text,
    model,
    ...(flags.apiKeyEnv === undefined ? {} : { apiKeyEnv: flags.apiKeyEnv }),
  };
}

/** `--dry-run`: requests and tokens per probe, of `times` collections. */
export function printPlan(
  flags: Pick<CollectFlags, 'suite' | 'json'>,
  { only, times = 1 }: { readonly only?: readonly string[]; readonly times?: number } = {},
): void {
  const plan = plannedCost({ suite: flags.suite, ...(only ? { only } : {}) }).map(
    ({ probe, requests, tokens }) => ({ probe, requests: requests * times, tokens: tokens * times }),
  );
  printCosts(flags, plan);
}

/** A plan that the command itself knows. */
export function printCosts(
  flags: Pick<CollectFlags, 'suite' | 'json'>,
  plan: readonly { readonly probe: string; readonly requests: number; readonly tokens: number }[],
): void {
  const text = flags.json
    ? canonicalJson({ schema: 'plan/1', suite: flags.suite, probes: plan })
    : plan
        .map(
          ({ probe, requests, tokens }) =>
            `${probe.padEnd(22)} ${String(requests).padStart(5)} requests ${String(tokens).padStart(8)} tokens at most\n`,
        )
        .join('');
  writeText('-', text);
}
