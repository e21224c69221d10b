import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLedger, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;

beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

it('what every call asks is planned once a connection', async () => {
  const { rows } = await at.db.pool.query<{ name: string }>(
    `SELECT proname::text AS name FROM pg_proc
     WHERE pronamespace = 'usage'::regnamespace AND 'plan_cache_mode=force_generic_plan' = ANY (proconfig)
     ORDER BY 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual(['mark_sent', 'reserve', 'settle', 'take']);
});
