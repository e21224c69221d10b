import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, appKey, otherApi } from '../../../support/open-ledger.ts';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readFacts, readWords } from '../../../support/read-words.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';
import type { CatalogCount } from '../../../../src/web/reads/overview-pages.ts';
import type { NextRun } from '../../../../src/web/web-deps.ts';

/* The first page, from a database without a run to one that works. */

let world: PagesWorld;
let next: NextRun | null = null;
let counted: CatalogCount | null = null;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00', {
    nextRun: () => Promise.resolve(next),
    catalog: { get: () => Promise.resolve(counted) },
  });
});
afterAll(() => world.close());

const cards = async () =>
  Object.fromEntries(
    [
      ...(await world.get('/')).matchAll(
        /<(?:article|section) class="card[^"]*">\s*<h2>([^<]*)<\/h2>([\s\S]*?)<\/(?:article|section)>/g,
      ),
    ].map(([, title = '', rest = '']) => [title, readWords(rest)]),
  );
const headline = async () => {
  const [, tone = '', card = ''] =
    /<section class="card hero (\w+)">([\s\S]*?)<\/section>/.exec(await world.get('/')) ?? [];
  return `${tone}: ${readWords(card)}`;
};
const addRun = (columns: string, values: string) =>
  world.execute(
    `INSERT INTO sync.run (scope, trigger, source, feeds, ${columns}) VALUES (gen_random_uuid()::text, 'cli', 'sandbox', '["bags"]', ${values})`,
  );

test('before the first run, the page says how one begins', async () => {
  const shown = await cards();
  expect(shown['Last run']).toBe('None yet. catalog-sync sync starts the first one.');
  expect(shown['Next run']).toMatch(/^No schedule: runs begin by cron or by hand\./);
  expect(await headline()).toMatch(/Start with catalog-sync sync , or see API status/);
});

test('the last run is the newest, with what it did and how long ago', async () => {
  await addRun('status, started_at, ended_at, calls_used', `'succeeded', now(), now(), 1`);
  await addRun(
    'status, started_at, ended_at, calls_used, offers_new, offers_changed',
    `'succeeded', '2026-11-26T09:00:00+08:00', '2026-11-26T10:00:00+08:00', 1500, 2500, 3500`,
  );
  expect((await cards())['Last run']).toBe(
    'Run 2 succeeded ended 2 h ago ( 2026-11-26 10:00 ) 1,500 calls, 2,500 new and 3,500 changed offers',
  );
  await world.execute(`UPDATE sync.run SET ended_at = NULL, status = 'running' WHERE run_id = 2`);
  expect((await cards())['Last run']).toMatch(/^Run 2 running began 3 h ago \( 2026-11-26 09:00 \)/);
  await world.execute(
    `UPDATE sync.run SET started_at = NULL, status = 'queued', requested_at = '2026-11-26T08:00:00+08:00' WHERE run_id = 2`,
  );
  expect((await cards())['Last run']).toMatch(/^Run 2 queued began 4 h ago \( 2026-11-26 08:00 \)/);
  await world.execute(
    `UPDATE sync.run SET status = 'succeeded', started_at = now(), ended_at = now() WHERE run_id = 2`,
  );
});

test('the next run is that of a schedule', async () => {
  next = { schedule: 'nightly', at: new Date('2026-11-27T02:30:00+08:00') };
  expect((await cards())['Next run']).toMatch(/^in 14 h 2026-11-27 02:30 by schedule nightly/);
});

test('the catalog has its sizes, and its freshness the shares of them', async () => {
  counted = {
    ...{ at: new Date('2026-11-26T11:00:00+08:00'), offers: 2000, listed: 1900, neverDetailed: 1234 },
    ...{ within1d: 500, within7d: 1500, medianAgeH: 50, categories: 1001, sellers: 1002, skus: 1003 },
  };
  const shown = await cards();
  expect(shown['Catalog']).toBe(
    '2,000 offers on sale 1,900 SKUs 1,003 sellers 1,002 categories 1,001 Counted 1 h ago ( 2026-11-26 11:00 )',
  );
  expect(shown['Freshness']).toBe(
    '2 days median age of details 25 % within a day 75 % within 7 days 1,234 offers without a detail answer Counted 1 h ago ( 2026-11-26 11:00 )',
  );
  const widths = [...(await world.get('/')).matchAll(/class="fill" width="([^"]*)"/g)].map(
    ([, width]) => width,
  );
  expect(widths).toEqual(['25', '75']);
  counted = { ...counted, medianAgeH: null, at: new Date('2026-11-26T11:59:30+08:00') };
  expect((await cards())['Freshness']).toMatch(/^nothing yet median age/);
  expect((await cards())['Catalog']).not.toContain('Counted');
});

test('a headline goes by the gravest of what there is', async () => {
  const { quota } = world.ledger;
  expect(await headline()).toBe('good: Healthy No health issue: nothing needs attention.');
  await quota.holdApi({ api, code: 'HELD_BY_HAND', forMs: 3_600_000 });
  expect(await headline()).toMatch(/^warn: One thing to look at .*Cause: /);
  await quota.holdApi({ api: otherApi, code: 'HELD_BY_HAND', forMs: 3_600_000 });
  expect(await headline()).toMatch(/^warn: 2 things to look at/);
  await world.execute('DELETE FROM usage.api_hold WHERE api = $1', api);
  await quota.holdApi({ api, code: 'HELD_BY_HAND', forMs: null });
  expect(await headline()).toMatch(/^bad: One issue needs a person/);
  await world.execute('UPDATE usage.api_hold SET held_until = NULL, probe_after = NULL');
  expect(await headline()).toMatch(/^bad: 2 things need a person/);
  await world.execute('DELETE FROM usage.api_hold');
});

test('what is only to be known is listed, and changes no headline', async () => {
  await world.execute(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, observed_at) VALUES (1, 1, 'offer.detail', 'a', 'b', usage.ledger_now())`,
  );
  const words = await headline();
  expect(words).toMatch(/^good: Healthy 1 value could not be read in the last day\. +See$/);
  await addRun('status, started_at, heartbeat_at', `'running', usage.ledger_now(), clock_timestamp()`);
  expect(await headline()).toMatch(/^good: Healthy, and at work 1 value/);
  await world.execute('DELETE FROM sync.quarantine; DELETE FROM sync.run WHERE run_id > 2');
});

test('quotas of the day have a drawing where something was called, and a row where not', async () => {
  for (const of of [api, otherApi])
    await world.ledger.quota.setLimit({ appKey, api: of, period: 'day', callLimit: 1000 });
  await insertCalls(world.ledger.db.pool, [pastCall('2026-11-26T11:00:00+08:00')]);
  await world.ledger.grant('a');
  const page = await world.get('/');
  expect(readFacts(page)['on sale']).toBe('1,900');
  const [, quotas = ''] = page.split('Quota of today');
  expect(readWords(quotas)).toContain('1 API without a call today');
  expect(readWords(quotas)).toMatch(/alibaba\.category\.get 1,000 (assumed|confirmed) 0/);
  expect(readWords(quotas)).toMatch(/product\.search\.queryProductDetail 999 of 1,000 left/);
  expect(await headline()).not.toContain('are used up');
  await world.ledger.quota.setLimit({ appKey, api: otherApi, period: 'day', callLimit: 0 });
  expect(await headline()).toMatch(/calls of .*category\.get.* are used up/);
});
