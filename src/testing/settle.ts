import { isAssayError } from '../core/errors.js';
import { cleanText } from '../report/text.js';

/** The part of a matcher's `this` that Vitest and Jest share. */
export interface MatcherContext {
  readonly isNot?: boolean | undefined;
}

/** What `expect.extend` wants back, in Vitest and in Jest. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What is known about an expectation, and the plain text that explains it. */
export interface Finding {
  readonly answer: 'yes' | 'no' | 'open';
  readonly text: string;
}

/**
 * Turn a finding into a result that fails in both directions when the question is open: negation must not make
 * evidence out of ignorance. A candidate that cannot be audited leaves the question open.
 */
export async function settle(
  context: MatcherContext | undefined,
  expectation: string,
  find: () => Promise<Finding>,
): Promise<MatcherResult> {
  const isNot = context?.isNot === true;
  const { answer, text } = await find().catch(openQuestion);
  const message = `expected candidate ${isNot ? 'not ' : ''}${cleanText(expectation)}\n\n${text}\n`;
  return { pass: answer === 'open' ? isNot : answer === 'yes', message: () => message };
}

function openQuestion(error: unknown): Finding {
  if (!isAssayError(error)) throw error;
  const next = error.hint === undefined ? [] : [`  next: ${cleanText(error.hint)}`];
  return { answer: 'open', text: [`${error.code}: ${cleanText(error.message)}`, ...next].join('\n') };
}
