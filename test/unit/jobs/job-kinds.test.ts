import { expect, it } from 'vitest';
import { dueAfterMs, freshForMs, jobKinds, maxQueueWaitMs } from '../../../src/jobs/job-kinds.ts';

const minuteMs = 60_000;
const ages = { categoryMs: 3 * minuteMs, searchMs: 5 * minuteMs, detailMs: 7 * minuteMs };

it('what a kind asks for may become as old as the sync file says of it', () => {
  expect(jobKinds.map((kind) => [kind, freshForMs(ages, kind) / minuteMs])).toEqual([
    ['category', 3],
    ['search', 5],
    ['seller', 5],
    ['image', 5],
    ['detail', 7],
  ]);
});

it.each([
  ['before a run has begun', null, 5],
  ['a while after its begin', '2026-11-28T11:57:00Z', 5],
  // A minute more than since its begin: it asks for nothing twice.
  ['long after its begin', '2026-11-28T11:52:00Z', 9],
])('%s, a search is due that was made so many minutes ago', (_, startedAt, minutes) => {
  const run = { startedAt: startedAt === null ? null : new Date(startedAt) };
  const now = new Date('2026-11-28T12:00:00Z');
  expect(dueAfterMs(ages, 'search', { run, now })).toBe(minutes * minuteMs);
});

it('a queue sits out waits of five minutes', () => {
  expect(maxQueueWaitMs).toBe(300_000);
});
