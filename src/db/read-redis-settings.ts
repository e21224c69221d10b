import { Redis } from 'ioredis';
import type { Secret } from '../core/secret.ts';

/** What decides whether Redis keeps jobs; null: it does not say. */
export interface RedisSettings {
  readonly maxmemoryPolicy: string | null;
  readonly isAppendOnly: boolean | null;
}

/** From INFO, which hosted servers answer too; CONFIG they mostly refuse. A Redis that refuses both says nothing. */
export async function readRedisSettings(url: Secret, withinMs: number): Promise<RedisSettings> {
  const redis = new Redis(url.reveal(), { commandTimeout: withinMs, maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  try {
    const info = await redis.info().catch(() => '');
    const valueOf = (key: string) => new RegExp(`^${key}:(\\S+)`, 'm').exec(info)?.[1] ?? null;
    const isEnabled = valueOf('aof_enabled');
    return {
      maxmemoryPolicy: valueOf('maxmemory_policy'),
      isAppendOnly: isEnabled === null ? null : isEnabled === '1',
    };
  } finally {
    redis.disconnect();
  }
}
