import { expect, it } from 'vitest';
import { askRedis } from '../../../src/jobs/ask-redis.ts';

const countTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

it('an answer comes as it is, and nothing waits any longer', async () => {
  const before = countTimers();
  expect(await askRedis(async () => 7)).toBe(7);
  await new Promise((resolve) => setImmediate(resolve));
  expect(countTimers()).toBe(before);
});

it('what Redis itself says is told from a connection that is lost', async () => {
  const reply = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });
  await expect(askRedis(() => Promise.reject(reply))).rejects.toMatchObject({
    ...{ code: 'REDIS_REFUSED', message: expect.stringContaining('OOM') as string },
  });
  await expect(askRedis(() => Promise.reject(new Error('closed')))).rejects.toMatchObject({
    code: 'REDIS_UNREACHABLE',
  });
});
