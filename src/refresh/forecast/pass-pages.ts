import { staleRun } from '../searches/note-yield.ts';

/** Expected pages until `staleRun` of them in a row were quiet, each with the given odds. */
function pagesToQuiet(quietOdds: number): number {
  if (quietOdds <= 0) return Infinity;
  if (quietOdds >= 1) return staleRun;
  return (quietOdds ** -staleRun - 1) / (1 - quietOdds);
}

/** Pages of a pass that may stop early, when each page shows `newOffersPerPage` new or changed offers. */
export function stoppedPages(pages: number, newOffersPerPage: number): number {
  return Math.min(pages, pagesToQuiet(Math.exp(-newOffersPerPage)));
}

/** Pages per pass in the long run: two passes in a row are never stopped. */
export function steadyPages(pages: number, newOffersPerPage: number): number {
  return (pages + stoppedPages(pages, newOffersPerPage)) / 2;
}
