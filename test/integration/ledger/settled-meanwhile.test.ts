import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import type { Settlement } from '../../../src/model/ledger.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';
import { until } from '../../support/until.ts';

/* Calls whose settlement waits for the app while a limit begins. */

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  for (const of of [api, otherApi])
    await at.quota.setLimit({ appKey, api: of, period: 'day', callLimit: 1_000 });
  await at.setTime('2026-05-12T12:00:00+08:00');
});

const group = (...apis: readonly string[]) =>
  at.quota.applyGroups(appKey, [{ name: 'both', apis, daily: 1_000, monthly: null }]);

const settle = (callId: string, changes: Partial<Settlement>) =>
  at.ledger.settle(settlementFor(callId, { body: null, ...changes }));

const notSent = { state: 'refunded', outcome: 'not_sent' } as const;
const refused = { outcome: 'gateway_error', gatewayCode: 'gw.APIACLDecline', shows: 'denied' } as const;

async function used(): Promise<unknown> {
  const { rows } = await at.db.pool.query<{ used: number }>(
    `SELECT used FROM usage.quota_status WHERE api = '@both' AND period_kind = 'day'`,
  );
  return rows[0]?.used;
}

async function untilWaiting(sessions: number): Promise<void> {
  await until(async () => {
    const { rows } = await at.db.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length === sessions;
  });
}

/** Settles a call in a session that gets the app right after the limit began, and has the call's rows already. */
async function settleWhileItBegins(callId: string, changes: Partial<Settlement>): Promise<void> {
  let both: Promise<unknown> = Promise.resolve();
  await inTransaction(at.db.pool, async (client) => {
    await client.query('SELECT usage.lock_app($1)', [appKey]);
    const beginning = group(api);
    await untilWaiting(1);
    both = Promise.all([beginning, settle(callId, changes)]);
    await untilWaiting(2);
  });
  await both;
}

it('one that was not sent is given back', async () => {
  const { callId } = await at.grant('call');
  await settleWhileItBegins(callId, notSent);
  expect(await used()).toBe(0);
});

it('one that was answered counts once, also when an API joins later', async () => {
  const { callId } = await at.grant('call');
  await settleWhileItBegins(callId, refused);
  expect(await used()).toBe(1);
  await group(api, otherApi);
  expect(await used()).toBe(1);
});

it('one that counted as not sent, and was answered, counts', async () => {
  const { callId } = await at.grant('call');
  await settle(callId, notSent);
  await settleWhileItBegins(callId, { body: Buffer.from('{}') });
  expect(await used()).toBe(1);
});

it('one that counted as not sent counts while its rows are locked for long', async () => {
  const { callId } = await at.grant('call');
  await settle(callId, notSent);
  await inTransaction(at.db.pool, async (client) => {
    await client.query('SELECT FROM usage.api_call WHERE call_id = $1 FOR UPDATE', [callId]);
    await group(api);
  });
  expect(await used()).toBe(1);
});
