import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from './open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

it('says of each run what it spent, and how its calls ended', async () => {
  await at.quota.setLimit({ appKey, api, window: 'day', callLimit: 100 });
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
