import type { Detail, Signal } from '../../core/types.js';
import requestLogProbe, { type RequestLogEvidence } from '../probes/request-log.js';
import { type Agreement, agreements, comparedIn } from '../request-log/agreement.js';
import { explainLog } from '../request-log/explain-log.js';
import { byVariant } from '../token-counts/counting.js';

/** With fewer, several tokenizers fit by chance. */
const FEWEST = 5;

/**
 * Claim: the tokens a service reported for the buyer's own requests are those of the claimed version's tokenizer.
 * Method: reported tokens less the local count of the texts are the overhead of a template and of hidden prompts, and
 * the same, or one of a few, for all requests of one form if that tokenizer counted; a Pólya urn weighs how few there
 * are. Answers likewise, with and without their reasoning. The likelihood of a version mixes what an honest server may
 * count with: its tokenizer, cl100k, o200k, anything unknown.
 * Source: usage fields in the log; shipped vocabularies, run locally. Nothing is sent.
 * Assumptions: the log holds the texts as they were sent; one service behind one model name.
 * Error rates: 0 of 50,000 simulated honest services refuted (bench/endpoint/passive.mjs); power by corpus and length in
 * docs/passive.md: 12 messages decide where cl100k counts them otherwise, and ordinary English often does not.
 * Evasion: counting with the claimed version's tokenizer. A match therefore acquits nobody; a mismatch refutes.
 */
const requestLog: Signal = {
  id: 'request-log',
  title: 'Token counts in the buyer’s log',
  group: 'token-counts',
  spoofing: 'trivial',
  needs: [requestLogProbe],
  score: ({ candidate, variants }) => {
    const log = candidate['request-log'] as RequestLogEvidence;
    const n = comparedIn(log);
    if (n < FEWEST) return { status: 'skipped', reason: whyTooFew(log, n) };
    const measured = variants.filter(
      ({ tokenStack }) => tokenStack !== undefined && log.stacks.includes(tokenStack),
    );
    if (measured.length === 0)
      return { status: 'skipped', reason: 'the profile names no tokenizer that was counted with' };
    const found = agreements(log);
    return {
      status: 'scored',
      observed: observedIn(log, found),
      expected: Object.fromEntries(
        measured.map(({ id, tokenStack }) => [id, `counted as ${tokenStack} does`]),
      ),
      logLikelihood: byVariant(explainLog(log), variants, ({ tokenStack }) => tokenStack),
      n,
      details: detailsOf(log, found),
    };
  },
};
export default requestLog;

function whyTooFew({ requests, excluded, skipped }: RequestLogEvidence, n: number): string {
  const why = Object.entries({ ...skipped, ...excluded }).sort(([, a], [, b]) => b - a);
  const left = why.map(([reason, times]) => `${reason} (${times})`).join(', ');
  return `${n} of ${requests} requests can be compared and at least ${FEWEST} are needed${left ? `; left out: ${left}` : ''}`;
}

function observedIn({ prompts, answers }: RequestLogEvidence, found: readonly Agreement[]): string {
  const most = Math.max(...found.map(({ requests, answers: answered }) => requests + answered));
  const best = found.filter(({ requests, answers: answered }) => requests + answered === most);
  const names = best.map(({ stack }) => stack).join(' and ');
  const parts = [
    ...(prompts.length > 0 ? [`${best[0]?.requests} of ${prompts.length} requests`] : []),
    ...(answers.length > 0 ? [`${best[0]?.answers} of ${answers.length} answers`] : []),
  ];
  return `${names} ${best.length > 1 ? 'fit' : 'fits'} best: the same overhead in ${parts.join(' and ')}`;
}

function detailsOf(log: RequestLogEvidence, found: readonly Agreement[]): Detail[] {
  const { prompts, answers, excluded, skipped } = log;
  const share = (label: string, part: number, whole: number): Detail[] =>
    whole === 0 ? [] : [{ type: 'number', label, value: (100 * part) / whole, unit: '%' }];
  return [
    ...found.flatMap(({ stack, requests, answers: answered }) => [
      ...share(`requests that ${stack} explains`, requests, prompts.length),
      ...share(`answers that ${stack} explains`, answered, answers.length),
    ]),
    ...Object.entries({ ...skipped, ...excluded }).map(
      ([reason, value]): Detail => ({ type: 'number', label: `left out: ${reason}`, value }),
    ),
  ];
}
