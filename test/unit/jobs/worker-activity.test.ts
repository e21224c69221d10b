import { DelayedError } from 'bullmq';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import { createActivityWatch } from '../../../src/jobs/worker-activity.ts';
import type { FetchJob, Pacer, Processor, Queues } from '../../../src/jobs/queue-backend.ts';
import type { CallContext, Gateway, GatewayAnswer } from '../../../src/model/gateway.ts';

const unavailable = () => new AppError(extractErrors.GATEWAY_UNAVAILABLE, 'busy');
const request = { operation: 'category.children', categoryId: '0' } as const;
const context = {} as CallContext;

function openWatch() {
  const clock = { nowMs: 0, now: () => new Date(clock.nowMs) };
  return { clock, watch: createActivityWatch(clock) };
}

test('calls of five minutes count, also failed ones, and neither stored answers nor waits', async () => {
  const { clock, watch } = openWatch();
  const answers: (GatewayAnswer | Error)[] = [
    { kind: 'answered', isCached: false } as GatewayAnswer,
    { kind: 'answered', isCached: true } as GatewayAnswer,
    { kind: 'waiting', by: 'day', retryAfterMs: null },
    unavailable(),
  ];
  const call: Gateway['call'] = () => {
    const answer = answers.shift() ?? new Error('no more');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const gateway = watch.watchCalls({ call } as Gateway);
  for (let i = 0; i < 3; i += 1) await gateway.call(request, context);
  clock.nowMs = 1000;
  await expect(gateway.call(request, context)).rejects.toThrow('busy');
  const lastError = { code: 'GATEWAY_UNAVAILABLE', at: new Date(1000) };
  expect(watch.read()).toEqual({ jobs: 0, recentCalls: 2, lastError });
  clock.nowMs = 300_000;
  expect(watch.read()).toEqual({ jobs: 0, recentCalls: 1, lastError });
});

test('a call that was not made, for an error of our own, does not count', async () => {
  const { watch } = openWatch();
  const call: Gateway['call'] = () =>
    Promise.reject(new AppError(databaseErrors.DATABASE_UNREACHABLE, 'away'));
  const gateway = watch.watchCalls({ call } as Gateway);
  await expect(gateway.call(request, context)).rejects.toThrow('away');
  expect(watch.read()).toMatchObject({ recentCalls: 0, lastError: { code: 'DATABASE_UNREACHABLE' } });
});

test('jobs count while they are under way; one that waits has not failed', async () => {
  const { watch } = openWatch();
  let processor: Processor<'detail'> | null = null;
  const queues = { work: (_kind: string, _most: number, own: Processor<'detail'>) => (processor = own) };
  const ends: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  watch
    .watchJobs(queues as unknown as Queues)
    .work('detail', 1, () => new Promise<void>((end, fail) => void ends.push({ end, fail })));
  const start = async () => processor?.({} as FetchJob<'detail'>, undefined, {} as Pacer);
  const first = start();
  expect(watch.read().jobs).toBe(1);
  ends[0]?.end();
  await first;
  const second = start();
  ends[1]?.fail(new DelayedError());
  await expect(second).rejects.toThrow();
  expect(watch.read()).toEqual({ jobs: 0, recentCalls: 0, lastError: null });
  const third = start();
  ends[2]?.fail(unavailable());
  await expect(third).rejects.toThrow('busy');
  expect(watch.read().lastError?.code).toBe('GATEWAY_UNAVAILABLE');
});
