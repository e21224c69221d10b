import type { Draw } from '../world/draw.ts';

/**
 * How likely two neighbours across a page's edge have changed places in one call. At 0.1 about 0.4 % of the rows
 * are missed by a pass in pages of 50, which is what a client must live with; at twice that, 0.7 %.
 */
const edgeSwaps = 0.1;

/**
 * A page of a ranking that moves between calls: rows at its edges may have changed places with their neighbours
 * on the next page, so that a pass over all pages sees some rows twice and misses others.
 */
export function driftPage(ranked: Uint32Array, start: number, end: number, draw: Draw): readonly number[] {
  const page = [...ranked.subarray(start, end)];
  const before = ranked[start - 1];
  const after = ranked[end];
  if (page.length > 0 && before !== undefined && draw.chance('first', edgeSwaps)) page[0] = before;
  if (page.length > 1 && after !== undefined && draw.chance('last', edgeSwaps)) page[page.length - 1] = after;
  const inner = 1 + draw.int('inner', Math.max(1, page.length - 3));
  const [left, right] = [page[inner], page[inner + 1]];
  if (left !== undefined && right !== undefined && inner + 2 < page.length) {
    page[inner] = right;
    page[inner + 1] = left;
  }
  return page;
}
