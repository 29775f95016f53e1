const SPACE = /\s+/gu;
/** Controls, format characters (bidi overrides, zero widths, tags), lone surrogates, and what XML forbids. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u{fffe}\u{ffff}]/gu;
/** More combining marks than any script needs: they would paint over neighbouring lines. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** Text on one line that can neither steer a terminal nor reorder what surrounds it. */
export function inlineText(value: string): string {
  return value.replace(SPACE, ' ').replace(UNSAFE, '').replace(STACKED_MARKS, '$1').replace(SPACE, ' ');
}

/** The same without space at its ends. */
export function cleanText(value: string): string {
  return inlineText(value).trim();
}

/** A name as it may stand inside a sentence: never empty, and without the quotes that mark it. */
export function nameText(value: string): string {
  const text = clip(cleanText(value).replaceAll('`', "'"), 120);
  return text === '' ? '(empty)' : text;
}

/** Shorten to `limit` code points, the last one an ellipsis. */
export function clip(value: string, limit: number): string {
  if (value.length <= limit) return value;
  const points = [...value.slice(0, limit * 2)];
  return points.length <= limit && value.length <= limit * 2
    ? value
    : `${points.slice(0, limit - 1).join('')}…`;
}
