import type { Config } from '../../config/environment.ts';
import { readRedisSettings } from '../../db/read-redis-settings.ts';
import { placeOfRedis, requireRedis } from '../../db/require-redis.ts';
import { failed, ok, warn, type Check } from './check.ts';

const name = 'redis';

/** The page that shows all checks waits for this one. */
const patienceMs = 2000;

/** Whether the Redis of the queues answers, and keeps what it has; nothing when they are in Postgres. */
export async function checkRedis({ REDIS_URL: url }: Pick<Config, 'REDIS_URL'>): Promise<Check[]> {
  if (url === undefined) return [];
  try {
    await requireRedis(url, patienceMs);
    const { maxmemoryPolicy, isAppendOnly } = await readRedisSettings(url, patienceMs);
    return [
      ok(name, `the queues are on Redis at ${placeOfRedis(url)}, which answers`),
      ...(maxmemoryPolicy === 'noeviction' || maxmemoryPolicy === null
        ? []
        : [
            warn(
              name,
              `maxmemory-policy is ${maxmemoryPolicy}: Redis may delete jobs when its memory is full`,
              'Set `maxmemory-policy noeviction` in its configuration.',
            ),
          ]),
      ...(isAppendOnly === false
        ? [
            warn(
              name,
              'appendonly is off: a restart of Redis loses jobs, which are queued again later',
              'Set `appendonly yes` in its configuration.',
            ),
          ]
        : []),
    ];
  } catch (error) {
    return [failed(name, error)];
  }
}
