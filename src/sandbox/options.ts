import { systemClock, type Clock } from '../core/clock.ts';
import { dayMs } from '../core/duration.ts';
import type { Fault } from './faults.ts';
import type { QuotaLimits } from './quota.ts';
import { defaultNature, settleNature, type Nature } from './world/nature.ts';

/** Every setting of a sandbox. All have defaults. */
export interface SandboxOptions {
  /** Address to listen on; the control endpoints answer to loopback only, whatever it is. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  /** The same seed, sizes and `startAt` give the same world, answer by answer. */
  readonly seed?: number;
  /** Offers at the beginning: 100 to 1,000,000. */
  readonly offers?: number;
  /** Nodes of the category tree, leaves and branches together: 10 to 5,000. */
  readonly categories?: number;
  /** Nodes of a cycle in the tree, which its last one closes by listing the first as a child: 3 to 20. Null: none. */
  readonly categoryCycle?: number | null;
  /** How common stock-outs, offers that come back and so on are. */
  readonly nature?: Partial<Nature>;
  /** When the world begins: step 0. Defaults to the time of creation. */
  readonly startAt?: Date;
  /** Sandbox time is this clock plus what `advance` has added. */
  readonly clock?: Clock;
  /** The world stands still within a step of this length; a day by default. */
  readonly worldStepMs?: number;
  readonly appKey?: string;
  readonly appSecret?: string;
  /** Where the authorization page may send people back to. */
  readonly redirectUris?: readonly string[];
  /** Good from the start; never expires unless `accessTokenLifeMs` says so. */
  readonly accessToken?: string;
  readonly accessTokenLifeMs?: number | null;
  /** Good from the start for half a year. Null: the app has none, as self-use apps. */
  readonly refreshToken?: string | null;
  /** Rankings move between calls, so that rows repeat or slip between pages. */
  readonly drift?: boolean;
  /** What `totalPage` of every search is off by: one too many and one too few have been seen by clients. */
  readonly totalPageError?: -1 | 0 | 1;
  /** A search without a keyword is refused, also one by category: the keyword is documented as required. */
  readonly refusesEmptyKeyword?: boolean;
  /** False: `system` APIs are answered whatever the signature is. `currentTimeMillis` never needs one. */
  readonly checksSystemSignature?: boolean;
  /** The translated category API answers as its documentation's sample, not as its field table. */
  readonly flatCategories?: boolean;
  /** Refusals come with HTTP 200 in place of 400 and 401. */
  readonly errorsWithStatus200?: boolean;
  /** Refuse calls whose `_aop_timestamp` is further off; null: never. Whether 1688 does is not documented. */
  readonly maxSkewMs?: number | null;
  readonly quotas?: Partial<QuotaLimits>;
  /** APIs (`namespace:name:version`) that the app has no grant for. */
  readonly declinedApis?: readonly string[];
  /** Time before each answer. */
  readonly latencyMs?: number;
  readonly faults?: readonly Fault[];
}

/** The options with every default filled in. */
export type Settings = Omit<Required<SandboxOptions>, 'nature'> & { readonly nature: Nature };

function between(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a size is out of bounds
 */
export function settle(options: SandboxOptions): Settings {
  const clock = options.clock ?? systemClock;
  const settings: Settings = {
    host: '127.0.0.1',
    port: 0,
    seed: 1,
    offers: 300,
    categories: 60,
    categoryCycle: null,
    startAt: clock.now(),
    clock,
    worldStepMs: dayMs,
    appKey: '1000000',
    appSecret: 'sandbox-secret',
    redirectUris: ['http://localhost:3000/api/callback'],
    accessToken: '00000000-0000-4000-8000-000000000001',
    accessTokenLifeMs: null,
    refreshToken: '00000000-0000-4000-8000-000000000002',
    drift: false,
    totalPageError: 0,
    refusesEmptyKeyword: false,
    checksSystemSignature: true,
    flatCategories: false,
    errorsWithStatus200: false,
    maxSkewMs: null,
    quotas: {},
    declinedApis: [],
    latencyMs: 0,
    faults: [],
    ...options,
    nature: settleNature(options.nature ?? defaultNature),
  };
  between('offers', settings.offers, 100, 1_000_000);
  between('categories', settings.categories, 10, 5000);
  if (settings.categoryCycle !== null) between('categoryCycle', settings.categoryCycle, 3, 20);
  between('worldStepMs', settings.worldStepMs, 1, Number.MAX_SAFE_INTEGER);
  return settings;
}
