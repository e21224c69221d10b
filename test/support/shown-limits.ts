import type { ShownLimit } from '../../src/cli/quota/read-quota.ts';

/** A limit of a day of `offer.detail` of which nothing is used, with changes. */
export const someLimit = ({ use, ...changed }: Partial<ShownLimit> = {}): ShownLimit => ({
  ...{ name: 'offer.detail', api: 'a:x.detail:1', period: 'day', source: 'preset', isAssumed: true },
  ...{ reset: 'calendar', zone: 'Asia/Shanghai', callLimit: 5000, origin: 'account', atNextStart: null },
  ...changed,
  use:
    use === null
      ? null
      : {
          ...{ used: 0, reserved: 0, unknown: 0, external: 0, remaining: 5000, resetAt: null },
          ...{ usedToday: null, share: null, isAssumedSpent: false },
          ...use,
        },
});

/** What is used of a limit, where nothing else is to be said of it. */
export const someUse = (changed: Partial<NonNullable<ShownLimit['use']>>) =>
  someLimit({ use: changed as ShownLimit['use'] }).use;
