import type { WindowState } from '../../model/learning.ts';

/**
 * Whether the pass of a window reads its pages a second time: it has listed more rows than the pages before the next one hold.
 * `pageSize`: rows per page.
 */
export function isReadAgain(
  {
    passStartedAt,
    isDoubted,
    rowsSeen,
    nextPage,
  }: Pick<WindowState, 'passStartedAt' | 'isDoubted' | 'rowsSeen' | 'nextPage'>,
  pageSize: number,
): boolean {
  return passStartedAt !== null && isDoubted && rowsSeen > (nextPage - 1) * pageSize;
}
