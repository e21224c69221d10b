import type { DueRequest, RefreshCandidate, RefreshQueue } from '../../src/refresh/queue/refresh-queue.ts';

/** All offers whose details are due, bucket by bucket, the oldest of each first. */
export async function listDue(queue: RefreshQueue, request: DueRequest): Promise<RefreshCandidate[]> {
  const heads = await queue.listHeads(request);
  const places = heads.map((after) => ({ after, limit: 1000 }));
  const following = await queue.listFollowing(places, request.freshForMs);
  return [...heads, ...following].toSorted((a, b) => a.feedSet - b.feedSet || a.bucket - b.bucket);
}
