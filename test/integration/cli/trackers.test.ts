import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createTrackerStore } from '../../../src/health/trackers/tracker-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { readCells } from '../../support/read-cells.ts';
import { detailOf, openStoredAnswers, plainOffer } from '../../support/stored-answers.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

/* What trackers noticed, at a terminal and on its page. */

const trackers = ['cups', 'plates'].map((name, index) => ({
  ...{ name, feed: null, offers: [String(71 + index)], priceDownPercent: 5, priceUpPercent: null },
  ...{ priceBelowCny: null, events: ['delisted'] as const },
}));
const hostile = '<b>\u001b[2J</b>';

let db: TestDatabase;
let web: WebWorld;
beforeAll(async () => {
  db = await createTestDatabase();
  web = await openWebWorld({ database: db });
});
afterAll(async () => {
  await web.close();
  await db.drop();
});

async function run(...args: string[]) {
  const rules = "{ name: bowls, offers: ['73'], price_down_percent: 5 }";
  const text = `account: personal\nfeeds: [{ name: a, offers: ['73'] }]\ntrackers: [${rules}]\n`;
  const cwd = createProject({ 'catalog-sync.yaml': text });
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: db.url }, columns: 200, cwd });
  const exitCode = await runCli(['trackers', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const caption = 'Changes that trackers noticed, newest first';

test('before any change, both say what is listed here', async () => {
  expect((await run()).out).toContain('No tracker has noticed a change');
  expect(await web.get('/trackers')).toContain('No tracker has noticed a change');
});

test('a change is listed with what it was, what it is, when, and whether it was sent', async () => {
  const store = createTrackerStore(db.pool);
  await store.register(trackers);
  const at = openStoredAnswers(db.pool);
  for (const [minutes, price] of ['10', '9'].entries()) {
    await at.answer(minutes, detailOf('71'), plainOffer('71', { 1: price }, { subject: hostile }));
    const status = minutes === 0 ? 'published' : 'member expired';
    await at.answer(minutes + 5, detailOf('72'), plainOffer('72', { 1: '10' }, { status }));
  }
  await store.note(trackers, { isSent: true });
  const [first] = (await store.listPending(9)).changes;
  await store.noteSent([first?.changeId ?? '']);

  const { out } = await run();
  expect(out).not.toContain('\u001b[2J');
  const lines = out.trim().split('\n').slice(2);
  expect(lines[0]).toMatch(
    /^2026-03-10 20:06 +2026-03-10 20:05 +plates +72 +杯子 +no longer on sale \(delisted\) +waits$/,
  );
  expect(lines[1]).toMatch(/ cups +71 .* price fell from ¥10 to ¥9, -10\.0 % +20\d\d-/);
  expect((await run('--limit', '1')).out).toMatch(/^(?:.+\n){3}\nTimes are in Asia\/Shanghai\.\n$/);
  expect((await run('--limit', '0')).exitCode).toBe(2);
  expect(JSON.parse((await run('--tracker', 'cups', '--json')).out)).toMatchObject([
    {
      ...{ tracker: 'cups', condition: 'price_down', offerId: '71', old: '10', new: '9', minQuantity: 1 },
      ...{ notBefore: '2026-03-10T12:00:00.000Z', seenAt: '2026-03-10T12:01:00.000Z', skippedAt: null },
      offerUrl: 'https://detail.1688.com/offer/71.html',
    },
  ]);

  expect((await run('--tracker', 'bowls')).out).toContain('No tracker has noticed a change');
  expect(await run('--tracker', 'nope')).toMatchObject({
    ...{ exitCode: 2, out: '' },
    err: expect.stringContaining(
      'error: no tracker is named nope; give one of bowls, cups, plates\n',
    ) as string,
  });

  const page = await web.get('/trackers');
  expect(page).not.toContain('<b>');
  expect(page).toContain('href="/products/72"');
  expect(readCells(page, caption)).toMatchObject([
    { Tracker: 'plates', What: 'no longer on sale (delisted)', Sent: 'waits', Seen: '2026-03-10 20:06' },
    { Tracker: 'cups', What: 'price fell from ¥10 to ¥9, -10.0 %' },
  ]);
  expect(readCells(await web.get('/trackers?tracker=plates'), caption)).toHaveLength(1);
});
