import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

it('says of each run what it spent, and how its calls ended', async () => {
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
  const runId = await at.startRun(10);
  const idle = await at.startRun(null);
  const ends = [
    {},
    {},
    { outcome: 'business_error', body: null },
    { state: 'unknown', outcome: 'transport_error', latencyMs: null, responseBytes: null, body: null },
    { state: 'refunded', outcome: 'not_sent', latencyMs: null, responseBytes: null, body: null },
  ] as const;
  for (const [index, end] of ends.entries()) {
    const { callId } = await at.grant(`call ${index}`, { runId });
    await at.ledger.settle(settlementFor(callId, end));
  }
  await at.grant('in flight', { runId });
  await at.db.pool.query(
    `UPDATE sync.run SET started_at = '2026-11-25T10:00:00Z', ended_at = '2026-11-25T10:01:30Z', status = 'partial_quota',
       cause = 'budget', feeds = '["cups"]' WHERE run_id = $1`,
    [runId],
  );
  const { rows } = await at.db.pool.query('SELECT * FROM usage.by_run ORDER BY run_id');
  expect(rows).toMatchObject([
    {
      ...{ run_id: runId, feeds: ['cups'], status: 'partial_quota', cause: 'budget', duration_s: 90 },
      ...{ budget_calls: 10, used_calls: 5, attempts: 6 },
      ...{ ok: 2, failed: 1, unknown: 1, refunded: 1, reserved: 1 },
      ...{ response_bytes: '6', average_latency_ms: 12 },
    },
    {
      run_id: idle,
      budget_calls: null,
      used_calls: 0,
      attempts: 0,
      ok: 0,
      average_latency_ms: null,
      duration_s: null,
    },
  ]);
});

it('holds the calls of each run and operation against its plan', async () => {
  const runId = await at.startRun(null);
  const forecast = {
    calls: { 'offer.detail': 2.5, 'search.keyword': 4 },
    newOffers: 7.5,
    changedOffers: 1,
    seconds: 3,
  };
  await at.db.pool.query('UPDATE sync.run SET forecast = $2 WHERE run_id = $1', [runId, forecast]);
  for (const question of ['planned 1', 'planned 2', 'planned 3', 'planned 4']) {
    const { callId } = await at.grant(question, { runId });
    const isRefunded = question.endsWith('4');
    const end = {
      state: 'refunded',
      outcome: 'not_sent',
      latencyMs: null,
      responseBytes: null,
      body: null,
    } as const;
    await at.ledger.settle(settlementFor(callId, isRefunded ? end : {}));
  }
  const { rows } = await at.db.pool.query(
    'SELECT * FROM usage.plan_against_actual WHERE run_id = $1 ORDER BY operation',
    [runId],
  );
  expect(rows).toMatchObject([
    { operation: 'offer.detail', api, planned_calls: '2.5', used_calls: 3, excess_calls: '0.5' },
    { operation: 'search.keyword', api: null, planned_calls: '4', used_calls: 0, excess_calls: '-4' },
  ]);
  const planned = 'planned_calls, planned_offers_new, planned_offers_changed, planned_s';
  const whole = await at.db.pool.query(`SELECT ${planned} FROM usage.by_run WHERE run_id = $1`, [runId]);
  expect(whole.rows).toEqual([
    { planned_calls: '6.5', planned_offers_new: '7.5', planned_offers_changed: '1', planned_s: '3' },
  ]);
});

it('says of a run that has no forecast that it had no plan', async () => {
  const runId = await at.startRun(null);
  const { callId } = await at.grant('unplanned', { runId });
  await at.ledger.settle(settlementFor(callId, {}));
  const { rows } = await at.db.pool.query(
    'SELECT planned_calls, used_calls, excess_calls FROM usage.plan_against_actual WHERE run_id = $1',
    [runId],
  );
  expect(rows).toEqual([{ planned_calls: null, used_calls: 1, excess_calls: null }]);
});
