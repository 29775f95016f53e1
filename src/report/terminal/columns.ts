/** East Asian wide and emoji blocks, which take two cells. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;

function cells(character: string): number {
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Cells a cleaned text takes in a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += cells(character);
  return width;
}

/** Exactly `width` cells: padded with spaces or cut with an ellipsis. */
export function fitText(text: string, width: number): string {
  const natural = textWidth(text);
  if (natural <= width) return text + ' '.repeat(width - natural);
  let kept = '';
  let used = 0;
  for (const character of text) {
    if (used + cells(character) > width - 1) break;
    kept += character;
    used += cells(character);
  }
  return `${kept}…${' '.repeat(Math.max(0, width - 1 - used))}`;
}

function split(word: string, width: number): readonly string[] {
  const pieces: string[] = [''];
  for (const character of word) {
    const last = pieces.at(-1) ?? '';
    if (textWidth(last) + cells(character) > width) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}

/** Lines of at most `width` cells, broken at spaces where possible. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ').flatMap((item) => split(item, Math.max(8, width)))) {
    const last = lines.at(-1) ?? '';
    const joined = last === '' ? word : `${last} ${word}`;
    if (textWidth(joined) <= width || last === '') lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}
