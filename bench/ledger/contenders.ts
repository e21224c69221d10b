import { Redis } from 'ioredis';
import {
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterUnion,
  type RateLimiterStoreAbstract,
} from 'rate-limiter-flexible';
import { dayMs } from '../../src/core/duration.ts';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import { api, appKey, newRequest, type LedgerSite } from './site.ts';

/** Calls in each window; windows that are left out have no limit. */
export interface Windows {
  readonly appDay?: number;
  readonly apiMinute?: number;
  readonly apiDay?: number;
  readonly apiMonth?: number;
}

/** Something that lets calls through, or not. */
export interface Contender {
  readonly name: string;
  /** Changes the limits and keeps what is counted. `dayMs`: length of a day where it can be chosen. */
  limit(periods: Windows, dayMs?: number): Promise<void>;
  take(): Promise<boolean>;
  /** Forgets everything. */
  reset(): Promise<void>;
}

const targets = {
  appDay: { api: '*', period: 'day' },
  apiMinute: { api, period: 'minute' },
  apiDay: { api, period: 'day' },
  apiMonth: { api, period: 'month' },
} as const;
const kinds = Object.keys(targets) as (keyof Windows)[];

export function ledgerContender(site: LedgerSite): Contender {
  return {
    name: 'ledger',
    limit: async (periods) => {
      for (const kind of kinds) {
        const callLimit = periods[kind];
        if (callLimit !== undefined) await site.quota.setLimit({ appKey, callLimit, ...targets[kind] });
      }
    },
    take: async () => (await site.ledger.reserve(newRequest())).kind === 'granted',
    reset: () => site.reset(),
  };
}

type MakeLimiter = (options: {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}) => RateLimiterStoreAbstract;

/** One limiter a window, all of them asked by the library's own union. */
function libraryContender(name: string, make: MakeLimiter, reset: () => Promise<void>): Contender {
  let union: RateLimiterUnion | null = null;
  return {
    name,
    limit: async (periods, ownDayMs = dayMs) => {
      const lengthsMs = { appDay: ownDayMs, apiMinute: 60_000, apiDay: ownDayMs, apiMonth: 30 * dayMs };
      const limiters = kinds.flatMap((kind) => {
        const points = periods[kind];
        return points === undefined
          ? []
          : [make({ keyPrefix: kind, points, duration: lengthsMs[kind] / 1000 })];
      });
      union = new RateLimiterUnion(...limiters);
    },
    take: async () => {
      try {
        await union?.consume(appKey);
        return true;
      } catch (refusal) {
        // Refused: an object with what each limiter that refused says; anything else is a failure.
        if (refusal instanceof Error) throw refusal;
        const failure = Object.values(refusal as object).find((one) => one instanceof Error);
        if (failure) throw failure;
        return false;
      }
    },
    reset,
  };
}

export function redisContender(site: LedgerSite, closing: CloseStack): Contender {
  const storeClient = new Redis(site.redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  storeClient.on('error', () => undefined);
  closing.add('redis client', () => storeClient.disconnect());
  return libraryContender(
    'rate-limiter-flexible, Redis',
    (options) => new RateLimiterRedis({ ...options, storeClient }),
    () => site.redis.flush(),
  );
}

export async function postgresContender({ pool }: LedgerSite): Promise<Contender> {
  const common = { storeClient: pool, storeType: 'pool', tableName: 'limiter', clearExpiredByTimeout: false };
  // Makes the table.
  await new Promise<void>((resolve, reject) => {
    new RateLimiterPostgres({ ...common, points: 1, duration: 1 }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  return libraryContender(
    'rate-limiter-flexible, Postgres',
    (options) => new RateLimiterPostgres({ ...common, ...options, tableCreated: true }),
    async () => {
      await pool.query('TRUNCATE limiter');
    },
  );
}
