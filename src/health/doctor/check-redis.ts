import type { Config } from '../../config/environment.ts';
import { placeOfRedis, requireRedis } from '../../db/require-redis.ts';
import { failed, ok, type Check } from './check.ts';

const name = 'redis';

/** The page that shows all checks waits for this one. */
const patienceMs = 2000;

/** Whether the Redis of the queues answers; nothing when they are in Postgres. */
export async function checkRedis({ REDIS_URL: url }: Pick<Config, 'REDIS_URL'>): Promise<Check[]> {
  if (url === undefined) return [];
  try {
    await requireRedis(url, patienceMs);
    return [ok(name, `the queues are on Redis at ${placeOfRedis(url)}, which answers`)];
  } catch (error) {
    return [failed(name, error)];
  }
}
