/** Ids of our jobs begin with the number of their run, so that no word of the board is taken for one. */
const job = String.raw`\d[\w-]*`;

/** Retry or remove one job; retry those of a queue; pause or resume a queue, or all. */
const change = new RegExp(
  String.raw`^/api/queues/(?:[a-z]+/(?:${job}/(?:retry|clean)|retry/[a-z]+|pause|resume)|pause|resume)$`,
);

/**
 * Whether people may do this on the board of the queues, once WEB_QUEUE_ACTIONS allows anything: docs/web.md lists it. The
 * board offers more, which would add, empty or reorder what only the work itself may.
 *
 * @param path below that of the board
 */
export function isAllowedBoardChange(method: string, path: string): boolean {
  return method === 'PUT' && change.test(path);
}
