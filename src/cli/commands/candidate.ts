import { plannedCost } from '../../api/collect.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { AssayError } from '../../core/errors.js';
import type { CandidateSpec } from '../../core/types.js';
import { endpointAddress } from '../../io/endpoint/base-url.js';
import { isWeightsAddress } from '../../io/remote-delivery.js';
import { writeText } from '../io.js';
import type { CollectFlags } from '../options.js';

interface CandidateFlags {
  readonly model?: string | undefined;
  readonly apiKeyEnv?: string | undefined;
  readonly log?: string | undefined;
}

/** A command-line candidate: a path, an address with --model, or a log instead of either. Throws USAGE. */
export function candidateSpec(text: string | undefined, flags: CandidateFlags): string | CandidateSpec {
  if (text === undefined || flags.log !== undefined) return logSpec(text, flags);
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

function logSpec(text: string | undefined, { log, model }: CandidateFlags): CandidateSpec {
  if (log === undefined || text !== undefined) {
    throw new AssayError('USAGE', 'Expected one candidate: a path or address, or --log with a file.', {
      hint: 'Examples: assay audit ./model, assay audit --log requests.jsonl',
    });
  }
  return { kind: 'log', path: log, ...(model === undefined ? {} : { model }) };
}

/** `--dry-run`: requests and tokens per probe, of `times` collections from `candidate`. */
export function printPlan(
  flags: Pick<CollectFlags, 'suite' | 'json'>,
  candidate: string | CandidateSpec,
  { only, times = 1 }: { readonly only?: readonly string[]; readonly times?: number } = {},
): void {
  const kind = typeof candidate === 'string' ? 'onnx' : candidate.kind;
  const plan = plannedCost({ suite: flags.suite, ...(only ? { only } : {}) }, kind).map(
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
