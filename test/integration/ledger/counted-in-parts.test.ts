import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { api, appKey, openLedger, otherApi, type OpenLedger } from '../../support/open-ledger.ts';

/* Calls that were made before a limit began, where they are too many for one hold of the app's lock. */

const callsAtOnce = 3;

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger({ callsAtOnce });
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-05-12T12:00:00+08:00');
  for (const of of [api, otherApi])
    await at.quota.setLimit({ appKey, api: of, period: 'day', callLimit: 1_000 });
  for (let call = 0; call < 10; call += 1) await at.grant(`call ${String(call)}`);
});

const setMonth = () => at.quota.setLimit({ appKey, api, period: 'month', callLimit: 1_000 });
const group = (apis: readonly string[]) =>
  at.quota.applyGroups(appKey, [{ name: 'both', apis, daily: 1_000, monthly: null }]);

/** Null: there is no such limit. */
async function used(name: string, kind: 'day' | 'month'): Promise<number | null> {
  const { rows } = await at.db.pool.query<{ used: number }>(
    'SELECT used FROM usage.quota_status WHERE api = $1 AND period_kind = $2',
    [name, kind],
  );
  return rows[0]?.used ?? null;
}

/** Lets the second part of a count fail. */
async function withFailingPart(work: () => Promise<void>): Promise<void> {
  const { pool } = at.db;
  await pool.query(`CREATE FUNCTION usage.fail_part() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'the process is killed'; END $$`);
  await pool.query(`CREATE TRIGGER fail_part BEFORE UPDATE ON usage.quota_period FOR EACH ROW
    WHEN (NEW.granted = ${String(2 * callsAtOnce)}) EXECUTE FUNCTION usage.fail_part()`);
  try {
    await expect(work()).rejects.toThrow('the process is killed');
  } finally {
    await pool.query('DROP FUNCTION usage.fail_part CASCADE');
  }
}

it('are counted in transactions between which others get the lock', async () => {
  await setMonth();
  expect(await used(api, 'month')).toBe(10);
  const { rows } = await at.db.pool.query<{ calls: number }>(
    'SELECT count(*)::int AS calls FROM usage.api_call GROUP BY xmin::text',
  );
  expect(rows.map(({ calls }) => calls).toSorted()).toEqual([1, 3, 3, 3]);
});

it('are counted once where a process is killed between, and there is no limit until all are', async () => {
  await withFailingPart(setMonth);
  expect(await used(api, 'month')).toBeNull();
  await at.grant('meanwhile');
  await setMonth();
  expect(await used(api, 'month')).toBe(11);
});

it('leave a limit and a group as they were until all are counted', async () => {
  await group([otherApi]);
  const state = async () => [
    (await at.db.pool.query('SELECT * FROM usage.quota_limit WHERE valid_to IS NULL ORDER BY limit_id')).rows,
    (await at.db.pool.query('SELECT * FROM usage.api_group ORDER BY api')).rows,
  ];
  const before = await state();
  await withFailingPart(() =>
    at.quota.applyGroups(appKey, [{ name: 'both', apis: [api, otherApi], daily: 500, monthly: null }]),
  );
  expect(await state()).toEqual(before);
  await group([api, otherApi]);
  expect(await used('@both', 'day')).toBe(10);
});

it('count once while they are being settled, also where all of a part are', async () => {
  await inTransaction(at.db.pool, async (client) => {
    await client.query(
      `SELECT FROM usage.in_flight ORDER BY call_id LIMIT ${String(2 * callsAtOnce)} FOR UPDATE`,
    );
    await setMonth();
  });
  expect(await used(api, 'month')).toBe(10);
});
