import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDispatcher, openReceivers } from '../../../src/app/open-dispatcher.ts';
import { loadConfig } from '../../../src/config/environment.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createHealthStore } from '../../../src/health/issues/health-store.ts';
import { openOutageFile } from '../../../src/health/notifications/outage-file.ts';
import type { NotificationItem } from '../../../src/model/notification.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject } from '../../support/in-process.ts';
import { silentLog as log } from '../../support/open-ledger.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

let all: Receiver;
let urgent: Receiver;
beforeEach(async () => {
  all = await startReceiver('generic');
  urgent = await startReceiver('generic');
});
afterEach(async () => {
  expect([...all.faults, ...urgent.faults]).toEqual([]);
  await all.close();
  await urgent.close();
  await database.pool.query(
    'TRUNCATE sync.notification, sync.notification_delivery, sync.tracked_change, usage.api_hold',
  );
});

const { trackers } = parseSyncFile(
  `
account: personal
feeds: [{ name: bags, categories: ["54"] }]
trackers: [{ name: cheap, offers: ["610947572360"], price_down_percent: 5 }]
`,
  'test',
);

const configOf = (env: Readonly<Record<string, string>>, projectDir = createProject()) =>
  loadConfig({ projectDir, env });
const toAll = () => ({ NOTIFY_WEBHOOK_URL: all.url });
const toUrgent = () => ({ NOTIFY_URGENT_WEBHOOK_URL: urgent.url });

function open(env: Readonly<Record<string, string>>, hasTrackers = false, projectDir?: string) {
  const { pool } = database;
  const health = createHealthStore({ pool, appKey: '4711471', feeds: [] });
  const parts = { pool, config: configOf(env, projectDir), health, source: 'sandbox', log } as const;
  return openDispatcher({ ...parts, trackers: hasTrackers ? trackers : [] });
}

/** Something that needs a person, and a price that fell. */
const insertBoth = () =>
  Promise.all([
    database.pool.query(
      "INSERT INTO usage.api_hold (api, code, held_at) VALUES ('a', 'HELD_BY_HAND', now())",
    ),
    database.pool.query(
      `INSERT INTO sync.tracked_change
         (tracker, offer_id, field, condition, old, new, not_before, seen_at, noted_at)
       VALUES ('cheap', 610947572360, 'price', 'price_down', '20.00', '18.00', now() - interval '2 hours',
               now() - interval '1 hour', now())`,
    ),
  ]);

const keysOf = ({ phases }: Receiver) => phases.map((phase) => phase.split(':')[0]);
const held = 'begun hold';

describe('receivers', () => {
  it('are those that are named, each with what it gets', () => {
    const named = (env: Readonly<Record<string, string>>) =>
      openReceivers(configOf(env)).map(({ severities, host, format }) => [severities.join(), host, format]);
    expect(named({})).toEqual([]);
    const url = (name: string) => `https://${name}.example/hook`;
    const first = { NOTIFY_WEBHOOK_URL: url('all'), NOTIFY_FORMAT: 'slack' };
    const second = { NOTIFY_URGENT_WEBHOOK_URL: url('urgent') };
    expect(named(second)).toEqual([['act', 'urgent.example', 'generic']]);
    expect(named({ ...first, ...second })).toEqual([
      ['act,warn,note', 'all.example', 'slack'],
      ['act', 'urgent.example', 'generic'],
    ]);
  });

  it.each([
    [{}, undefined, 'Run `catalog-sync doctor`.', null],
    [
      { NEXT_PUBLIC_SITE_URL: 'https://ops.example/shop' },
      'npx catalog-sync',
      'Run `npx catalog-sync doctor`.',
      'https://ops.example/shop/problems',
    ],
  ])('with %j, people are told what they can type and open', async (env, command, remedy, url) => {
    const [receiver] = openReceivers(configOf({ ...toAll(), ...env }), command);
    const item: NotificationItem = {
      ...{ key: 'k', severity: 'act', summary: 'News', remedy: 'Run `catalog-sync doctor`.' },
      ...{ path: '/problems', runId: null, code: null, id: '0'.repeat(32), phase: 'begun' },
      ...{ since: new Date(0), issueId: null, cause: null, change: null },
    };
    const message = { source: 'sandbox', items: [item], more: 0, sentAt: new Date(0) } as const;
    await receiver?.notifier.send(message, new AbortController().signal);
    expect(all.taken).toMatchObject([{ items: [{ remedy, url }] }]);
  });
});

describe('notifications', () => {
  it('have no sender where there is neither a receiver nor a tracker', () => {
    expect(open({})).toBeNull();
  });

  it('go to each receiver for what it is meant for', async () => {
    await insertBoth();
    await open({ ...toAll(), ...toUrgent() }, true)?.finish();
    expect(keysOf(all)).toEqual([held, 'happened tracker']);
    expect(keysOf(urgent)).toEqual([held]);
  });

  it('are sent without trackers', async () => {
    await insertBoth();
    await open(toAll())?.finish();
    expect(keysOf(all)).toContain(held);
  });

  it('are without what trackers notice where only urgent ones are sent', async () => {
    await insertBoth();
    await open(toUrgent(), true)?.finish();
    expect(keysOf(urgent)).toEqual([held]);
    const { rows } = await database.pool.query('SELECT sent_at FROM sync.tracked_change');
    expect(rows).toEqual([{ sent_at: null }]);
  });

  it('are not taken for sent where nobody gets them', { timeout: 20_000 }, async () => {
    await insertBoth();
    const dispatcher = open({}, true);
    dispatcher?.wake();
    await dispatcher?.close();
    expect((await database.pool.query('SELECT FROM sync.notification')).rows).toEqual([]);
    expect((await database.pool.query('SELECT sent_at FROM sync.tracked_change')).rows).toEqual([
      { sent_at: null },
    ]);
  });

  it('end an outage that an earlier process of the project did not outlast', async () => {
    const projectDir = createProject();
    const file = openOutageFile(join(projectDir, '.catalog-sync', 'outage.json'), log);
    file.write({ code: 'DATABASE_FULL', since: new Date(0) });
    await open(toAll(), false, projectDir)?.finish();
    await open(toAll(), false, projectDir)?.finish();
    expect(all.phases).toEqual(['over database:DATABASE_FULL']);
  });
});
