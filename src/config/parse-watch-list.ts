/** A line of a watch list that names no offer. */
export interface BadLine {
  readonly line: number;
  /** Its beginning. */
  readonly text: string;
}

export interface ParsedWatchList {
  /** Ids of offers, each once, in the order of the file. */
  readonly offers: readonly string[];
  readonly badLines: readonly BadLine[];
}

const largestId = 9_223_372_036_854_775_807n;

/** Enough to find the line by. */
const shownLength = 60;

/** The first cell of a line of a CSV, without quotes and the gaps around it. */
function firstCell(line: string): string {
  const cell = /^\s*"([^"]*)"/.exec(line)?.[1] ?? line.split(/[,;\t]/, 1)[0] ?? '';
  return cell.trim();
}

/**
 * The id of an offer in a text: the id itself, or the address of a page of the offer, as people copy it from a browser
 * (detail.1688.com/offer/610947572360.html, with or without https and parameters). Null: there is none.
 */
export function readOfferId(text: string): string | null {
  const id =
    /^(?:(?:https?:\/\/)?(?:detail|m)\.1688\.com\/offer\/)?([1-9]\d{0,18})(?:\.html(?:[?#].*)?)?$/.exec(
      text,
    )?.[1] ?? null;
  return id !== null && BigInt(id) <= largestId ? id : null;
}

/** The id of the offer that a line of a watch list names; null: it names none. */
export function readOfferIdOf(line: string): string | null {
  return readOfferId(firstCell(line.replace(/^\uFEFF/, '')));
}

/**
 * Reads a watch list: an offer a line, in the first column of a CSV. Empty lines, lines that begin with #, and a first line
 * without a digit (the heads of columns) are skipped. Bad lines are reported, and the others kept.
 */
export function parseWatchList(text: string): ParsedWatchList {
  const offers = new Set<string>();
  const badLines: BadLine[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const cell = firstCell(line);
    const isHead = index === 0 && !/\d/.test(cell);
    if (cell === '' || cell.startsWith('#') || isHead) continue;
    const id = readOfferId(cell);
    if (id === null) badLines.push({ line: index + 1, text: cell.slice(0, shownLength) });
    else offers.add(id);
  }
  return { offers: [...offers], badLines };
}
