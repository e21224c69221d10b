import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/environment.ts';
import { checkDelivery } from '../../../../src/health/doctor/check-notifications.ts';
import {
  createNotificationStore,
  type NotificationStore,
} from '../../../../src/health/notifications/notification-store.ts';
import { createQuotaStore } from '../../../../src/ledger/quota-store.ts';
import { createRunStore } from '../../../../src/runs/run-store.ts';
import type { HealthIssue } from '../../../../src/model/health-issue.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

let db: TestDatabase;
let store: NotificationStore;

beforeAll(async () => {
  db = await createTestDatabase();
  store = createNotificationStore(db.pool);
  await createRunStore({ pool: db.pool }).claimSource('sandbox');
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query('TRUNCATE sync.notification, sync.notification_delivery');
  await pass(0);
});

/** The ledger's clock is so far ahead. */
const pass = (ms: number) => createQuotaStore({ pool: db.pool }).setLedgerOffset(ms);

const issue = (key: string, parts: Partial<HealthIssue> = {}): HealthIssue => ({
  ...{
    id: 'run',
    key,
    kind: 'state',
    severity: 'act',
    summary: 'It failed.',
    remedy: 'Look.',
    path: '/runs/1',
  },
  ...{
    origin: '1688',
    since: new Date(1000),
    healsItself: true,
    healsAt: new Date(2000),
    runId: '7',
    code: 'C',
  },
  ...parts,
});
const stored = async () => {
  const { rows } = await db.pool.query<{ line: string }>(
    `SELECT issue || CASE WHEN ended_at IS NULL THEN '' ELSE ' ended' END AS line FROM sync.notification ORDER BY issue`,
  );
  return rows.map(({ line }) => line);
};
/** Merges, and reads what one receiver of everything may need. */
const merge = async (issues: readonly HealthIssue[]) => {
  await store.merge(issues, ['act', 'warn']);
  return store.listFor('all');
};
const all = { isComplete: true };
const keys = (found: readonly { readonly key: string }[]) => found.map(({ key }) => key);

describe('present issues', () => {
  it('that no receiver takes are not kept, and those that are kept go on', async () => {
    await store.merge([issue('a'), issue('b', { severity: 'warn' })], ['act']);
    expect(await stored()).toEqual(['a']);
    await store.merge([issue('a', { severity: 'warn', summary: 'Now.' })], ['act']);
    expect(await store.listFor('all')).toMatchObject([{ key: 'a', severity: 'warn', summary: 'Now.' }]);
  });

  it('are kept as they are, and as they are now', async () => {
    const { id, ...rest } = issue('a');
    const [first] = await merge([issue('a')]);
    expect(first).toEqual({
      ...{
        ...rest,
        issueId: id,
        beganAt: first?.beganAt,
        endedAt: null,
        notifiedState: null,
        notifiedAt: null,
      },
    });
    const changes: Partial<HealthIssue> = {
      ...{ id: 'hold', kind: 'event', severity: 'warn', summary: 'Now.', remedy: 'Wait.', path: '/runs/2' },
      ...{ origin: 'network', since: null, healsItself: false, healsAt: null, runId: null, code: null },
    };
    await pass(minute);
    const { id: now, ...others } = issue('a', changes);
    expect(await merge([issue('a', changes)])).toEqual([{ ...first, ...others, issueId: now }]);
    const { rows } = await db.pool.query(
      `SELECT last_seen_at - began_at > interval '50 seconds' AS seen FROM sync.notification`,
    );
    expect(rows).toEqual([{ seen: true }]);
  });

  it('of one key are one, that which needs a person', async () => {
    const twins = [issue('a', { severity: 'warn' }), issue('a', { severity: 'act' })];
    expect(await merge(twins)).toMatchObject([{ key: 'a', severity: 'act' }]);
    expect(await merge(twins.toReversed())).toMatchObject([{ key: 'a', severity: 'act' }]);
  });

  it('come in the order in which they began', async () => {
    await merge([issue('b'), issue('z')]);
    await pass(minute);
    expect(keys(await merge([issue('a'), issue('b'), issue('z')]))).toEqual(['b', 'z', 'a']);
  });

  it('end when they are not there any more, once, and begin anew', async () => {
    const [first] = await merge([issue('a'), issue('b')]);
    await pass(minute);
    expect(keys(await merge([issue('b')]))).toEqual(['b']);
    expect(await stored()).toEqual(['a ended', 'b']);
    const endedAt = async () =>
      (await db.pool.query<{ at: Date }>("SELECT ended_at AS at FROM sync.notification WHERE issue = 'a'"))
        .rows[0]?.at;
    const ended = await endedAt();
    await pass(2 * minute);
    await merge([issue('b')]);
    expect(await endedAt()).toEqual(ended);
    const again = (await merge([issue('a'), issue('b')])).find(({ key }) => key === 'a');
    expect(again?.endedAt).toBeNull();
    expect((again?.beganAt.getTime() ?? 0) - (first?.beganAt.getTime() ?? 0)).toBeGreaterThan(minute);
  });

  it('are forgotten thirty days after their end', async () => {
    await merge([issue('a'), issue('b')]);
    await merge([]);
    await pass(30 * day - minute);
    await merge([]);
    expect(await stored()).toEqual(['a ended', 'b ended']);
    await pass(30 * day + minute);
    await merge([issue('b')]);
    expect(await stored()).toEqual(['b']);
  });
});

describe('issues that may need a message', () => {
  it('are those that last, states whose end was not sent, and events that were not sent', async () => {
    const event = (key: string) => issue(key, { kind: 'event' });
    await merge([
      issue('told'),
      issue('over'),
      issue('untold'),
      event('sent'),
      event('unsent'),
      issue('now'),
    ]);
    await store.noteDelivered(
      'all',
      [
        { issue: 'told', notifiedState: 'lasting' },
        { issue: 'over', notifiedState: 'over' },
        { issue: 'sent', notifiedState: 'lasting' },
      ],
      all,
    );
    expect(keys(await merge([issue('now')]))).toEqual(['now', 'told', 'unsent']);
  });
});

it('what one receiver took is not what the other one took', async () => {
  await merge([issue('a'), issue('b'), issue('over')]);
  await store.noteDelivered('urgent', [{ issue: 'a', notifiedState: 'lasting' }], { isComplete: false });
  await store.noteDelivered('all', [{ issue: 'b', notifiedState: 'lasting' }], { isComplete: false });
  await merge([issue('b')]);
  expect(await store.listFor('urgent')).toMatchObject([
    { key: 'a', notifiedState: 'lasting', notifiedAt: expect.any(Date) as Date },
    { key: 'b', notifiedState: null, notifiedAt: null },
  ]);
  expect(await store.listFor('all')).toMatchObject([{ key: 'b', notifiedState: 'lasting' }]);
  expect(await store.readDelivery()).toMatchObject({ deliveredAt: null });
});

describe('the delivery', () => {
  it('is empty before the first check, which is noted with its time', async () => {
    const empty = {
      ...{ checkedAt: null, deliveredAt: null, attempts: 0, failingSince: null, attemptedAt: null },
      ...{ nextAttemptAt: null, errorCode: null, error: null },
    };
    expect(await store.readDelivery()).toEqual(empty);
    await store.noteChecked();
    const { checkedAt, ...rest } = await store.readDelivery();
    expect(checkedAt).toBeInstanceOf(Date);
    expect({ checkedAt: null, ...rest }).toEqual(empty);
    await pass(day);
    await store.noteChecked();
    expect((await store.readDelivery()).checkedAt?.getTime()).toBeGreaterThan(
      (checkedAt?.getTime() ?? 0) + day / 2,
    );
  });

  it('that fails counts attempts since the first of them, until one arrives', async () => {
    await store.noteUndelivered('A', 'first', 5000);
    const first = await store.readDelivery();
    expect(first).toMatchObject({ attempts: 1, errorCode: 'A', error: 'first', deliveredAt: null });
    expect(first.failingSince).toEqual(first.attemptedAt);
    expect((first.nextAttemptAt?.getTime() ?? 0) - (first.attemptedAt?.getTime() ?? 0)).toBe(5000);
    await pass(minute);
    await store.noteUndelivered('B', 'second', 1000);
    const second = await store.readDelivery();
    expect(second).toMatchObject({
      attempts: 2,
      errorCode: 'B',
      error: 'second',
      failingSince: first.failingSince,
    });
    expect(second.attemptedAt?.getTime()).toBeGreaterThan((first.attemptedAt?.getTime() ?? 0) + minute / 2);
    expect((second.nextAttemptAt?.getTime() ?? 0) - (second.attemptedAt?.getTime() ?? 0)).toBe(1000);
    await merge([issue('a'), issue('b')]);
    await store.noteDelivered('all', [{ issue: 'a', notifiedState: 'lasting' }], all);
    const arrived = await store.readDelivery();
    expect(arrived).toMatchObject({
      ...{ attempts: 0, failingSince: null, nextAttemptAt: null, errorCode: null, error: null },
      deliveredAt: arrived.attemptedAt,
    });
    expect(arrived.deliveredAt).toBeInstanceOf(Date);
    const [a, b] = await merge([issue('a'), issue('b')]);
    expect(a).toMatchObject({ notifiedState: 'lasting', notifiedAt: arrived.deliveredAt });
    expect(b).toMatchObject({ notifiedState: null, notifiedAt: null });
  });

  it('is told by doctor, where there is a receiver, until it fails twice', async () => {
    const config = (env: Record<string, string>) =>
      loadConfig({ projectDir: '/nowhere', env, readFiles: false });
    const url = 'https://a.example/x';
    const told = async (env: Record<string, string> = { NOTIFY_URGENT_WEBHOOK_URL: url }) =>
      (await checkDelivery(db.pool, config(env))).map(({ status, message }) => `${status} ${message}`);
    expect(await told({})).toEqual([]);
    expect(await told()).toEqual(['ok none delivered yet']);
    expect(await told({ NOTIFY_WEBHOOK_URL: url })).toHaveLength(1);
    await store.noteDelivered('all', [], all);
    await store.noteUndelivered('A', 'first', 5000);
    expect(await told()).toEqual([
      expect.stringMatching(
        /^ok last delivered 20\S+ [\d:]+ \(Shanghai\); the last attempt failed, and is repeated$/,
      ),
    ]);
    await store.noteUndelivered('A', 'second', 5000);
    expect(await told()).toEqual([]);
  });
});

it('work that is done exclusively is done by one at a time', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let begun: () => void = () => undefined;
  const isBegun = new Promise<void>((resolve) => (begun = resolve));
  const first = store.exclusively(() => {
    begun();
    return held;
  });
  await isBegun;
  expect(await store.exclusively(() => Promise.reject(new Error('done twice')))).toBe(false);
  release();
  expect(await first).toBe(true);
});
