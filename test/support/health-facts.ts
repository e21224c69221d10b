import type { FindRemedy } from '../../src/health/issues/issue.ts';
import type { HealthFacts } from '../../src/health/issues/health-store.ts';
import type { KeptSchedule } from '../../src/runs/schedule-store.ts';

/** Noon in Shanghai. */
export const noon = new Date('2026-11-25T04:00:00Z');

const unitMs = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time so much after noon, or before it. */
export const afterNoon = (amount: number, unit: keyof typeof unitMs, ms = 0): Date =>
  new Date(noon.getTime() + amount * unitMs[unit] + ms);

type Given = Partial<Omit<HealthFacts, 'state' | 'delivery'>> & {
  readonly state?: Partial<HealthFacts['state']>;
  readonly delivery?: Partial<HealthFacts['delivery']>;
};

/** At noon, of an app that has never fetched anything and has nothing wrong. */
export function healthFacts({ state, delivery, ...rest }: Given = {}): HealthFacts {
  return {
    hasAppKey: true,
    state: {
      ...{ now: noon, source: 'live', logInBy: null, answeredAt: null, firstRunAt: null, lastRunAt: null },
      ...{ lastRunStatus: null, unloaded: 0, unloadedSince: null, newDrifts: 0, newestDriftAt: null },
      ...state,
    },
    ...{ runs: [], workers: [], missed: [], schedules: [], holds: [], permissions: [], limits: [] },
    ...{ unknownCategories: [], partitionGaps: [] },
    delivery: {
      ...{ checkedAt: null, deliveredAt: null, attempts: 0, failingSince: null, attemptedAt: null },
      ...{ nextAttemptAt: null, errorCode: null, error: null },
      ...delivery,
    },
    ...rest,
  };
}

/** Every hour on the hour, and decided until half an hour before noon. */
export const hourly: KeptSchedule = {
  ...{ name: 'hourly', cron: '0 * * * *', timezone: 'UTC', feeds: ['bags'], budgetCalls: null },
  ...{ missed: 'skip', origin: 'file', pausedAt: null, lastSlot: null, createdAt: afterNoon(-9, 'd') },
  countsFrom: afterNoon(-30, 'min'),
};

const remedies: Readonly<Record<string, ReturnType<FindRemedy>>> = {
  GATEWAY_DOWN: { origin: 'network', recovery: 'retry', remedy: 'Wait.' },
  GATEWAY_SHUT: { origin: '1688', recovery: 'stop-api', remedy: 'Ask them.' },
  DISK_FULL: { origin: 'operator', recovery: 'retry', remedy: 'Free space.' },
  CREDENTIALS_MISSING: { origin: 'operator', recovery: 'halt', remedy: 'Set a key.' },
};

/** A table of a few codes. */
export const remedyOf: FindRemedy = (code) => remedies[code] ?? null;
