import { displayWidth } from './display-width.ts';

/** Below this a terminal is not wrapped for: the text would be a column of single words. */
const narrowest = 40;

/** The width to wrap for: the terminal's, or what is still easy to read in a file or pipe. */
export function wrapWidth(columns: number | undefined): number {
  return Math.max(narrowest, Math.min(columns ?? 100, 120));
}

/** A word with the commands in it; the first one with the spaces that it is indented by. */
const unbroken = /(?:^ +)?(?:`[^`]*`|\S)+/g;

/**
 * Breaks a text between words so that no line is wider than `width` cells; every line after the first begins
 * with `indent` spaces. A word that is wider stays whole, and so does what
 * stands in backticks: commands and urls are copied in one piece.
 */
export function wrapText(text: string, width: number, indent = 0): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(unbroken) ?? []) {
    const longer = line === '' ? word : `${line} ${word}`;
    const room = width - (lines.length === 0 ? 0 : indent);
    if (line === '' || displayWidth(longer) <= room) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
