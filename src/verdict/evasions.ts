import type { Outcome } from '../core/types.js';
import type { Testimony } from './testimony.js';

/** How evidence of one group can come about though the verdict it speaks for is wrong. */
interface Ways {
  /** What a seller could do so that another model shows what the claimed version shows. */
  readonly faked: string;
  /** What makes the claimed version look like another, through no fault of the seller. */
  readonly mistaken: string;
}

const WAYS: Readonly<Record<string, Ways>> = {
  identity: {
    faked:
      'A seller could put the genuine weights into a graph that computes something else: digests speak of bytes, not of what runs.',
    mistaken:
      'A profile with digests of another release, or weights that were converted or saved again on their way, look like this too.',
  },
  claims: {
    faked: 'A seller could copy the small text files of the genuine release beside other weights.',
    mistaken:
      'Configuration or pointer files of another release, packed by mistake beside genuine weights, look like this too.',
  },
  lineage: {
    faked:
      'A seller could start from genuine weights and change them where nothing is sampled, or place genuine values where it is.',
    mistaken:
      'A profile with the fingerprint of another release, or an exporter that moved, merged or rounded weights, looks like this too.',
  },
  architecture: {
    faked:
      'A seller could use another model of the same shape, or pad a smaller one with heads and layers that do nothing.',
    mistaken:
      'An exporter that fused, cut or added heads or layers, or a wrong configuration beside the weights, looks like this too.',
  },
  precision: {
    faked: 'A seller could hide the grid of quantized weights under noise or further training.',
    mistaken: 'Genuine weights that a dealer or a tool converted to fewer bits look like this too.',
  },
  'log-probabilities': {
    faked:
      'A seller could run the genuine weights for the published passages only, or train a student on those passages.',
    mistaken:
      'Another tokenizer.json or numeric format than that of the references, or a faulty engine, looks like this too.',
  },
  tokenizer: {
    faked: 'A seller could ship the genuine tokenizer.json with other weights.',
    mistaken: 'A tokenizer.json that was repaired or exported anew looks like this too.',
  },
  'token-counts': {
    faked: 'A seller could count with the tokenizer of the claimed version, whatever model answers.',
    mistaken:
      'A gateway that counts with a tokenizer of its own, rewrites messages or leaves cached tokens out looks like this too.',
  },
  'token-boundaries': {
    faked: 'A seller could collect the text and cut it again where the claimed tokenizer would.',
    mistaken: 'A proxy that collects replies and cuts them again by its own count looks like this too.',
  },
  vocabulary: {
    faked: 'A seller could translate tokens through the claimed vocabulary, or make them up.',
    mistaken:
      'A gateway that sanitises messages, or translates tokens and biases, before the model reads them looks like this too.',
  },
  behaviour: {
    faked:
      'A seller could recognise what looks like a test and route it to the genuine model, or replay its recorded answers.',
    mistaken: 'Another system prompt, template or sampler than that of the references looks like this too.',
  },
  text: {
    faked: 'A seller could tune temperature, penalties and the system prompt until the style agrees.',
    mistaken: 'Another temperature, penalty or system prompt than was asked for looks like this too.',
  },
  service: {
    faked: 'A seller could type the expected numbers into the configuration of the server.',
    mistaken: 'A stale entry or an alias in the list of models looks like this too.',
  },
  signature: {
    faked: 'A seller could replay answers that the publisher signed for the same prompts.',
    mistaken: 'A gateway with a key of its own, or a list of keys that is out of date, looks like this too.',
  },
  attention: {
    faked: 'No way is known to show this attention without running these weights.',
    mistaken:
      'An exporter that fused or permuted heads, or prompts cut into other tokens, look like this too.',
  },
  repetition: {
    faked: 'A seller could set a repetition penalty in the server.',
    mistaken: 'A server with another repetition penalty looks like this too.',
  },
};

/** Of answers that came through a service. */
const SERVED: Readonly<Record<string, Ways>> = {
  'log-probabilities': {
    faked: 'A seller could send the published prefixes on to the genuine model, and only those.',
    mistaken:
      'A hidden system prompt, a revised template or a gateway that answers from another model looks like this too.',
  },
};

/** What holds whatever was measured: it was measured through somebody's hands. */
const ALWAYS: Readonly<Record<'remote' | 'files', Ways>> = {
  remote: {
    faked:
      'A seller could serve whatever looks like an audit from the genuine model and other customers from another.',
    mistaken:
      'A proxy between seller and auditor that answers in its place, a wrong claim or a wrong profile would look like this too.',
  },
  files: {
    faked: 'A seller could hand over the genuine model to be audited and run another.',
    mistaken:
      'Files changed or swapped after they left the seller, a wrong claim or a wrong profile would look like this too.',
  },
};

/** Sentences of one verdict. */
const MOST = 5;
/** Sentences of each side of an open case. */
const EACH = 2;

/**
 * How this evidence could have come about although the verdict is wrong, by the votes that carried it, strongest first.
 * An upheld claim is asked how its seller could have cheated, a refuted one how it could be true all the same.
 */
export function evasionsOf(outcome: Outcome, candidateKind: string, sorted: readonly Testimony[]): string[] {
  const remote = candidateKind === 'endpoint' || candidateKind === 'log';
  const table = remote ? { ...WAYS, ...SERVED } : WAYS;
  const faked = waysOf(table, 'faked', sorted, -1);
  const mistaken = waysOf(table, 'mistaken', sorted, 1);
  if (outcome === 'inconclusive') return [...faked.slice(0, EACH), ...mistaken.slice(0, EACH)];
  const [ways, way] = outcome === 'upheld' ? [faked, 'faked' as const] : [mistaken, 'mistaken' as const];
  return [...ways.slice(0, MOST - 1), ALWAYS[remote ? 'remote' : 'files'][way]];
}

function waysOf(
  table: Readonly<Record<string, Ways>>,
  way: keyof Ways,
  sorted: readonly Testimony[],
  side: 1 | -1,
): string[] {
  return sorted.flatMap(({ group, nats }) => {
    const ways = table[group];
    return ways === undefined || Math.sign(nats) !== side ? [] : [ways[way]];
  });
}
