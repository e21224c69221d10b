import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { createLogger } from '../../../../src/core/log.ts';
import { checkPromisedAges } from '../../../../src/health/doctor/check-promised-ages.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { createProject } from '../../../support/in-process.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const ids = Array.from({ length: 200 }, (_, index) => String(610_000_000_000 + index));
const log = createLogger({ level: 'silent', pretty: false });

async function check(feed: string, more = '', files = {}) {
  const sync = parseSyncFile(`account: personal\nfeeds: [{ name: w, ${feed} }]\n${more}`, 'test');
  const projectDir = createProject(files);
  const checks = await checkPromisedAges({ pool: db.pool, appKey: undefined, sync, projectDir, log });
  return checks.map(({ status, message, advice, exitCode }) => ({ status, message, advice, exitCode }));
}

test('a file that promises no age is not checked, and one that the quota holds is well', async () => {
  expect(await check('offers: [1]')).toEqual([]);
  expect(await check(`offers: [${ids.join()}], max_age: 12h`)).toMatchObject([
    { status: 'ok', message: 'the quota holds the ages of w', exitCode: 0 },
  ]);
});

test('an age that the quota cannot hold fails, with one that it could, and the calls to ask for', async () => {
  const asked = `offers_file: w.csv, max_age: 6h`;
  const hourly = `schedules: [{ name: s, cron: '0 * * * *' }]\n`;
  const [found] = await check(asked, hourly, { 'w.csv': ids.join('\n') });
  expect(found).toMatchObject({ status: 'fail', exitCode: 4 });
  expect(found?.message).toBe(
    'max_age 6h of feed w cannot be held: all promised ages need 960 detail calls a day, and runs have 459',
  );
  expect(found?.advice).toBe(
    'With 200 offers at these calls, 11h6m can be held (max_age: 666m); or ask for 1,011 calls a day.',
  );
  expect(await check(asked.replace('6h', '666m'), hourly, { 'w.csv': ids.join('\n') })).toMatchObject([
    { status: 'ok' },
  ]);
});

test('an age that runs are too far apart for fails, with the distance that would do', async () => {
  const [found] = await check('offers: [1], max_age: 6h', `schedules: [{ name: s, cron: '0 */8 * * *' }]\n`);
  expect(found).toMatchObject({
    status: 'fail',
    message: 'max_age 6h of feed w cannot be held: its runs are up to 8h apart',
    advice: '8h6m can be held (max_age: 486m); or schedule runs at most 5h54m apart.',
  });
});

test('a watch list that cannot be read fails', async () => {
  expect(await check('offers_file: none.csv, max_age: 6h')).toMatchObject([
    { status: 'fail', message: expect.stringContaining('WATCH_LIST_UNREADABLE') as string },
  ]);
});
