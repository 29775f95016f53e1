import { STYLE } from './style.js';
import { type Html, type HtmlValue, html, markupText } from './template.js';

/** A page that mail, chat and code review will carry. */
const MOST_BYTES = 300_000;

/** One self-contained page: no scripts, and a policy that lets nothing be loaded. */
export function pageOf(title: string, sections: readonly HtmlValue[]): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${STYLE}
</head>
<body>
<main>
${sections.map((section) => html`${section}\n`)}</main>
</body>
</html>
`;
}

/** The page under the first limits that keep it small; under the last ones when none does. */
export function firstThatFits<T>(limits: readonly T[], page: (limits: T) => Html): string {
  let text = '';
  for (const tried of limits) {
    text = markupText(page(tried));
    if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  }
  return text;
}
