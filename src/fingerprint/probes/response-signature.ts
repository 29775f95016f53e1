import { AssayError } from '../../core/errors.js';
import type { Probe, ReplySignature } from '../../core/types.js';
import greedyReplies from '../../replies/probes/greedy-replies.js';

/** Signatures over the raw bodies of the greedy answers, all checked with one key. */
export interface ResponseSignatures {
  readonly header: string;
  readonly algorithm: ReplySignature['algorithm'];
  /** SHA-256 of the public key (SPKI); null where a shared secret was used. */
  readonly key: string | null;
  readonly valid: number;
  readonly invalid: number;
  readonly missing: number;
  /** Different bodies among those with a valid signature: a recording that is played again has fewer. */
  readonly distinct: number;
}

/** Counts what was found while the answers arrived; sends nothing itself. */
const responseSignature: Probe<ResponseSignatures> = {
  id: 'response-signature',
  version: 1,
  requires: ['chat'],
  uses: [greedyReplies],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async (_capabilities, { earlier }) => {
    const found = earlier(greedyReplies).flatMap(({ signature }) => (signature ? [signature] : []));
    const [first] = found;
    if (first === undefined) {
      throw new AssayError('ENDPOINT_UNSUPPORTED', 'no key was given to check signatures of answers with', {
        hint: 'Give --response-key or --response-secret-env, and --signature-header.',
      });
    }
    const having = (status: ReplySignature['status']): ReplySignature[] =>
      found.filter((signature) => signature.status === status);
    const { header, algorithm, key } = first;
    return {
      header,
      algorithm,
      key,
      valid: having('valid').length,
      invalid: having('invalid').length,
      missing: having('missing').length,
      distinct: new Set(having('valid').map(({ bodySha256 }) => bodySha256)).size,
    };
  },
};
export default responseSignature;
