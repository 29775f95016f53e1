import type { Signal } from '../../core/types.js';
import responseSignatureProbe, { type ResponseSignatures } from '../probes/response-signature.js';

/** Chance that a publisher's key signs answers of another version: a key that leaked, or a gateway of its own. */
const SIGNED_ANOTHER = 1e-3;

/**
 * Claim: the answers were signed by whoever publishes the claimed version.
 * Method: Ed25519, ECDSA or HMAC over the exact bytes of every answer's body; all must be valid, with a key that the
 * profile lists for the version, and no body may come twice. Any other outcome is shown and weighs nothing: proxies
 * drop and rewrite headers, and change bodies. An invalid signature keeps a claim from being upheld.
 * Source: a header of each answer, checked with the auditor's copy of the key.
 * Assumptions: who holds the key signs only what the named version answered.
 * Error rates: set by policy (1e-3), not measured: forging a signature is infeasible, misusing a key is not.
 * Evasion: the publisher itself signing answers of another version, or a recording of signed answers to the same
 * prompts, since a signature over the body alone binds no request.
 */
const responseSignature: Signal = {
  id: 'response-signature',
  title: 'Signatures of answers',
  group: 'signature',
  spoofing: 'costly',
  needs: [responseSignatureProbe],
  score: ({ candidate, variants }) => {
    const seen = candidate['response-signature'] as ResponseSignatures;
    const { algorithm, key, valid, invalid, missing, distinct } = seen;
    const n = valid + invalid + missing;
    const signers = variants.filter(({ responseKeys = [] }) => key !== null && responseKeys.includes(key));
    const proves = valid === n && distinct === n && signers.length > 0;
    const likelihoods = [...variants.map(({ id }) => id), 'other'].map((id) => [
      id,
      signers.some((signer) => signer.id === id) ? 0 : Math.log(SIGNED_ANOTHER),
    ]);
    return {
      status: 'scored',
      observed: `${valid} of ${n} answers validly signed${whose(seen, signers.length)}`,
      expected: Object.fromEntries(
        variants
          .filter(({ responseKeys = [] }) => responseKeys.length > 0)
          .map(({ id }) => [id, 'signed by its publisher']),
      ),
      logLikelihood: proves ? Object.fromEntries(likelihoods) : {},
      n,
      details: [
        { type: 'number', label: 'valid', value: valid },
        { type: 'number', label: 'invalid', value: invalid },
        { type: 'number', label: 'without a signature', value: missing },
        { type: 'text', label: 'algorithm', value: algorithm },
        ...(key === null ? [] : [{ type: 'text' as const, label: 'key (SHA-256)', value: key }]),
      ],
    };
  },
};
export default responseSignature;

function whose({ key, valid, distinct }: ResponseSignatures, signers: number): string {
  if (valid === 0) return '';
  if (distinct < valid) return ', some of them the same bytes again';
  if (key === null) return ', with a shared secret';
  return signers > 0 ? ', by a key of the profile' : ', by a key that the profile does not list';
}
