import { afterAll, beforeAll, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../../../src/core/duration.ts';
import { shanghaiDay, startOfShanghaiDay } from '../../../../src/core/shanghai-time.ts';
import { openTestStack, type TestStack } from '../../../support/stack.ts';
import { openWebWorld } from '../../../support/web-world.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await openTestStack({ backend: 'postgres' });
  await stack.app.runs.claimSource('sandbox');
  const now = await stack.app.quota.ledgerNow();
  const noon = (startOfShanghaiDay(shanghaiDay(now))?.getTime() ?? 0) + 12 * hourMs;
  await stack.advance(noon + dayMs - now.getTime());
  await stack.run();
});
afterAll(() => stack.close());

/** The first page of a process that has just started, as text. */
async function readOverview(): Promise<string> {
  const world = await openWebWorld({ database: stack.database, env: stack.env });
  try {
    return (await world.get('/')).replaceAll(/<[^>]+>|\s+/g, ' ').replaceAll(/ +/g, ' ');
  } finally {
    await world.close();
  }
}

test('one burst of calls does not mean that the day runs out', async () => {
  const page = await readOverview();
  expect(page).toContain('Nothing is known of the coming hours yet: about');
  expect(page).not.toMatch(/used up at|At this pace/);
});

test('on the next day the mean of these hours counts, and with a schedule what its slots still want', async () => {
  await stack.advance(dayMs - 2 * hourMs);
  await stack.run();
  expect(await readOverview()).toMatch(
    /By the mean of these hours in the last day, [\d,]+ calls are to come/,
  );
  await stack.query(
    `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
     SELECT name, cron, 'Asia/Shanghai', '["bags"]', 'skip', 'file', usage.ledger_now(), now(), now()
     FROM (VALUES ('nightly', '30 2 * * *'), ('evening', '0 22 * * *')) s (name, cron)`,
  );
  expect(await readOverview()).toMatch(
    /Schedules \(evening\) still want [\d,]+ calls today: about [\d,]+ left at midnight/,
  );
  await stack.query(`DELETE FROM sync.schedule WHERE name = 'evening'`);
  expect(await readOverview()).toContain('No schedule has a slot left today: about');
});

test('a held API shows its hold, on the first page and among the limits, and not how much is left', async () => {
  await stack.query(
    `INSERT INTO usage.api_hold (api, code, held_at, held_until)
     VALUES ('*', 'HELD_BY_HAND', usage.ledger_now(), usage.ledger_now() + interval '1 hour')`,
  );
  const page = await readOverview();
  expect(page).toMatch(/Held by HELD_BY_HAND until 20\d\d-/);
  const [, quotas = ''] = page.split('Quota of today');
  expect(quotas.split('Latest runs')[0]).not.toMatch(/[\d,]+ of [\d,]+ left/);
  const world = await openWebWorld({ database: stack.database, env: stack.env });
  expect(await world.get('/usage')).toMatch(/held by <code>HELD_BY_HAND<\/code> until/);
  await world.close();
});
