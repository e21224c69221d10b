import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { api, appKey, openLedger, otherApi, requestFor, silentLog } from '../../support/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createQuotaCli, resetToPersonal } from './quota-world.ts';

const at = await openLedger();
const cli = createQuotaCli(at);
afterAll(() => at.db.drop());
beforeEach(() => resetToPersonal(at));

async function listUsed() {
  return (await at.quota.quotaStatus()).map(({ api: of, period, used }) => {
    const name = { [api]: 'detail', [otherApi]: 'category' }[of] ?? of;
    return `${name} ${period} ${String(used)}`;
  });
}

describe('quota external add', () => {
  it('counts calls of others in the day and the month, for the API, its groups and the app', async () => {
    await at.quota.applyGroups(appKey, [{ name: 'both', apis: [api, otherApi], daily: 900, monthly: null }]);
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 950 });
    const { exitCode, out, err } = await cli.run('external add offer.detail 480');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(err.split('\n')).toEqual([
      'Counted 480 calls of others.',
      'offer.detail, day: 480 of 500 used (480 of others), 20 left; resets 2026-11-26 00:00.',
      'offer.detail, month: 480 of 15,000 used (480 of others), 14,520 left; today 480 of 2,500; resets 2026-12-01 00:00.',
      '@both, day: 480 of 900 used (480 of others), 420 left; resets 2026-11-26 00:00.',
      'All APIs together, day: 480 of 950 used (480 of others), 470 left; resets 2026-11-26 00:00.',
      '',
    ]);
    expect((await listUsed()).toSorted()).toEqual([
      '* day 480',
      '@both day 480',
      'category day 0',
      'category month 0',
      'detail day 480',
      'detail month 480',
    ]);
  });

  it('leaves runs so much less', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 3 });
    await cli.run('external add offer.detail 2');
    await at.grant('a');
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ kind: 'denied', by: 'day' });
  });

  it('adds up, also beyond the limit', async () => {
    await cli.run('external add offer.detail 300');
    expect(await cli.json('external add offer.detail 300')).toMatchObject([
      { name: 'offer.detail', period: 'day', use: { used: 600, external: 600, remaining: 0 } },
      { name: 'offer.detail', period: 'month', use: { used: 600 } },
    ]);
  });

  it('counts in a group, or in the app, alone', async () => {
    await at.quota.applyGroups(appKey, [{ name: 'both', apis: [api, otherApi], daily: 900, monthly: null }]);
    await at.quota.setLimit({ appKey, api: '*', period: 'month', callLimit: 9_000 });
    expect(await cli.json('external add * 1')).toMatchObject([{ name: '*', period: 'month' }]);
    expect((await cli.run('external add @both 2')).err).toMatch(/^@both, day: 2 of 900 used/m);
    expect((await listUsed()).toSorted()).toEqual([
      '* month 3',
      '@both day 2',
      'category day 0',
      'category month 0',
      'detail day 0',
      'detail month 0',
    ]);
  });
});

describe('quota reconcile', () => {
  it('raises what is used to the number of the console', async () => {
    await at.grant('a');
    const { exitCode, out, err } = await cli.run('reconcile --api offer.detail --day 499 --month 6100');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(err.split('\n')).toEqual([
      'offer.detail, day: 499 of 500 used (1 in flight, 498 of others), 1 left; resets 2026-11-26 00:00.',
      expect.stringMatching(/^offer.detail, month: 6,100 of 15,000 used/),
      '',
    ]);
    await at.grant('b');
    expect(await at.ledger.reserve(requestFor('c'))).toMatchObject({ by: 'day' });
  });

  it('takes back what was booked too much', async () => {
    await cli.run('external add offer.detail 5000');
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ by: 'day' });
    expect(await cli.json('reconcile --api offer.detail --day 50 --month 50')).toMatchObject([
      { period: 'day', use: { used: 50, external: 50, remaining: 450 } },
      { period: 'month', use: { used: 50 } },
    ]);
    await at.grant('a');
  });

  it('keeps what was granted here, and says so', async () => {
    for (const name of ['a', 'b', 'c']) await at.grant(name);
    const { err } = await cli.run('reconcile --api offer.detail --day 1');
    expect(err).toMatch(/^offer.detail, day: 3 of 500 used/m);
    expect(err).toMatch(
      /^Of this day, 3 calls were granted by catalog-sync: they stay counted, because the console may show calls late\.$/m,
    );
    expect(await listUsed()).toContain('detail day 3');
  });

  it('changes the named windows of the named API only', async () => {
    await cli.run('reconcile --api alibaba.category.get --month 0');
    await cli.run('reconcile --api alibaba.category.get --month 77');
    expect((await listUsed()).toSorted()).toEqual([
      ...['category day 0', 'category month 77', 'detail day 0', 'detail month 0'],
    ]);
  });
});

describe('a restored database', () => {
  let copy: TestDatabase;

  /** As after `pg_restore`: the same rows in another database, of which no call was asked for yet. */
  const restore = async (): Promise<{ readonly url: string }> => {
    const { rows } = await at.db.pool.query<{ name: string }>('SELECT current_database() AS name');
    copy = await createTestDatabase({ copyOf: rows[0]?.name ?? '' });
    return { url: copy.url };
  };

  it('counts as spent until each number is entered, which may happen before the first call', async () => {
    await at.quota.setLimit({ appKey, api: '*', period: 'minute', callLimit: 1_000 });
    await at.grant('a');
    const options = await restore();
    try {
      const { out } = await cli.run('', { ...options, columns: 400 });
      expect(out).toMatch(/^offer.detail +day +█{10} +500 +500 +0 /m);
      const flat = out.replaceAll('\n  ', ' ');
      expect(flat).toMatch(
        /^! offer.detail: the current day and month count as spent, because the calls were counted in another database .* then: `catalog-sync quota reconcile --api offer.detail --day N --month N`\.$/m,
      );
      expect(flat).not.toMatch(/^! All APIs/m);

      const first = await cli.run('reconcile --api offer.detail --day 320', options);
      expect(first.err).toMatch(/^offer.detail, day: 320 of 500 used/m);
      expect(first.err).toMatch(/^! offer.detail: the current month counts as spent/m);
      expect(first.err).toMatch(/^! category.children: the current day and month count as spent/m);
      const ledger = createLedgerStore({ pool: copy.pool, log: silentLog });
      expect(await ledger.reserve(requestFor('b'))).toMatchObject({ kind: 'denied' });

      await cli.run('reconcile --api offer.detail --month 6100', options);
      await cli.run('reconcile --api category.children --day 9 --month 9', options);
      expect((await cli.run('', options)).out).not.toMatch(/^! /m);
      await copy.pool.query(`DELETE FROM usage.quota_period WHERE period_kind = 'minute'`);
      expect(await ledger.reserve(requestFor('b'))).toMatchObject({ kind: 'granted' });
    } finally {
      await copy.drop();
    }
  });

  it('stays spent when calls of others are entered', async () => {
    await at.grant('a');
    const options = await restore();
    try {
      await cli.run('external add offer.detail 3', options);
      const { limits } = (await cli.json('', options)) as { limits: { name: string; use: unknown }[] };
      expect(limits.find(({ name }) => name === 'offer.detail')).toMatchObject({
        use: { remaining: 0 },
      });
    } finally {
      await copy.drop();
    }
  });
});

describe('a wrong command line counts nothing and exits 2:', () => {
  it.each([
    [
      'calls of an unknown API',
      'external add offer.everything 5',
      /there is no API or group offer.everything/,
    ],
    ['calls of a group that is none', 'external add @none 5', /there is no API or group @none/],
    ['calls of the app where it has no limit', 'external add * 5', /'\*' has no limit of a day or month/],
    ['fewer than no calls', 'external add offer.detail -5', /'-5' is invalid|unknown option '-5'/],
    ['no calls', 'external add offer.detail 0', /'0' is invalid/],
    ['calls that are no number', 'external add offer.detail x', /'x' is invalid/],
    ['calls without a number', 'external add offer.detail', /missing required argument 'calls'/],
    ['a verb below external that is none', 'external take offer.detail 5', /unknown command 'take'/],
    ['no verb below external', 'external', /Usage:/],
    ['no API to reconcile', 'reconcile --day 5', /required option '--api <api>' not specified/],
    [
      'nothing to reconcile',
      'reconcile --api offer.detail',
      /give what the console shows: --day, --month or both/,
    ],
    ['an unknown API to reconcile', 'reconcile --api offer.everything --day 5', /there is no API or group/],
    ['a limit that is none', 'reconcile --api * --day 5', /'\*' has no limit of a day/],
    [
      'one that is, and one that is none',
      'reconcile --api system.time --month 5',
      /system.time has no limit of a month/,
    ],
    ['a negative number', 'reconcile --api offer.detail --day -1', /'-1' is invalid/],
    ['a number that is none', 'reconcile --api offer.detail --month 1e3', /'1e3' is invalid/],
  ])('%s', async (_, line, expected) => {
    const { exitCode, out, err } = await cli.run(line);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(expected);
    expect((await at.quota.quotaStatus()).every(({ used }) => used === 0)).toBe(true);
  });
});
