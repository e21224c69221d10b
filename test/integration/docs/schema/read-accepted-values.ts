import type { Pool } from 'pg';

/** Columns of views that pass a column on, with the constraint that says what it may hold. */
const constraints: Readonly<Record<string, string>> = {
  'analytics.change_calibration.source': 'observation_stat_source',
  'analytics.dim_offer.state': 'offer_state',
  'analytics.dim_offer_history.state': 'offer_state',
  'analytics.dim_sku.state': 'sku_state',
  'analytics.dim_sku_history.state': 'sku_history_state',
  'analytics.fct_observation.source': 'observation_source',
  'analytics.hint_quality.hint': 'observation_stat_hint',
  'analytics.price_movers.state': 'offer_state',
  'usage.by_run.status': 'run_status',
  'usage.lanes.lane': 'api_call_lane',
  'usage.quota_status.period_kind': 'quota_limit_period_kind',
  'usage.quota_status.reset': 'quota_limit_reset',
  'usage.quota_status.source': 'quota_limit_source',
};

/** By `schema.view.column`: the texts that the constraint of the table behind it accepts. */
export async function readAcceptedValues(pool: Pool): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE contype = 'c'`,
  );
  const definitions = new Map(rows.map(({ name, definition }) => [name, definition]));
  const valuesOf = (constraint: string) => {
    const texts = [...(definitions.get(constraint) ?? '').matchAll(/'([^']+)'::text/g)];
    if (texts.length === 0) throw new Error(`there is no constraint ${constraint} with texts`);
    return texts.map((found) => found[1] ?? '');
  };
  return new Map(Object.entries(constraints).map(([column, constraint]) => [column, valuesOf(constraint)]));
}
