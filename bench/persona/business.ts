import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatForecast } from '../../src/cli/plan/format-forecast.ts';
import { readPlanFrom } from '../../src/cli/plan/read-plan.ts';
import { CloseStack } from '../../src/core/lifecycle.ts';
import { createLogger } from '../../src/core/log.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { createQuotaStore } from '../../src/ledger/quota-store.ts';
import { openEmbeddedPostgres } from '../../src/local/embedded-postgres.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';
import { say } from '../support/say.ts';

const offers = 2_000_000;
const now = 'usage.ledger_now()';
/** A number from 0 to 1 that follows from a row and a purpose. */
const draw = (purpose: number) => `((hashint8extended(i, ${String(purpose)}) & 2147483647) / 2147483648.0)`;

/** A catalog whose searches were all passed in the last ten days, and 95 % of whose details were fetched in the last 200. */
const rows = [
  `INSERT INTO sync.feed_set (feeds) VALUES ('{all}')`,
  `INSERT INTO sync.feed (feed, max_offers, offers, assigned_at) VALUES ('all', NULL, ${String(offers)}, ${now})`,
  `INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, summary_call_id, detail_at, detail_call_id, last_call_id,
     popularity, rate_changes, rate_days, feed_set, bucket, order_at)
   SELECT 600000000000 + i, ${now} - interval '200 days', row_at, i, CASE WHEN ${draw(1)} < 0.95 THEN detail_at END, i, i,
     sqrt(1 + 2000 * ${draw(2)} ^ 4), CASE WHEN ${draw(3)} < 0.3 THEN 3 * ${draw(4)} ELSE 0 END, 200 * ${draw(5)}, 1,
     CASE WHEN ${draw(1)} < 0.95 THEN 1 ELSE -1 END, row_at
   FROM generate_series(1, ${String(offers)}) i,
     LATERAL (SELECT ${now} - 10 * ${draw(6)} * interval '1 day' AS row_at, ${now} - (10 + 190 * ${draw(7)}) * interval '1 day' AS detail_at) a`,
  `INSERT INTO sync.search_window (feed, keyword, language, total_records, last_reach, completed_at, last_outcome)
   SELECT 'all', 'w' || i, 'en', 250, 250, ${now} - 10 * ${draw(6)} * interval '1 day', 'complete'
   FROM generate_series(1, ${String(offers / 200)}) i`,
  `INSERT INTO sync.window_value (window_id, pages, soon_value, late_value, new_offers, exposure_days)
   SELECT window_id, 5, 20 + window_id % 50, 300 + 5 * (window_id % 50), window_id % 7, 20 FROM sync.search_window`,
  `UPDATE sync.planner SET prior_changes = 0.3, prior_days = 12, mean_popularity = (SELECT avg(popularity) FROM sync.refresh)`,
];

const sync = parseSyncFile('account: business\nfeeds: [{ name: all, keywords: [w1] }]', 'the bench');

/** The plan for two million offers, and how long it takes. */
export async function openBusiness(): Promise<void> {
  const log = createLogger({ level: 'error', pretty: false });
  const closing = new CloseStack();
  try {
    const dataRoot = join(import.meta.dirname, '../../.catalog-sync/bench', String(process.pid));
    closing.add('data', () => rmSync(dataRoot, { recursive: true, force: true }));
    const postgres = await openEmbeddedPostgres({ dataRoot, log });
    closing.add('postgres', () => postgres.release());
    await migrate({ connectionString: postgres.url, log });
    const pool = createPool({ connectionString: postgres.url, max: 1, log });
    closing.add('pool', () => pool.end());
    const filledMs = performance.now();
    for (const statement of rows) await pool.query(statement);
    await pool.query('VACUUM (ANALYZE) sync.refresh');
    say(
      `${offers.toLocaleString('en')} offers, filled in ${((performance.now() - filledMs) / 1000).toFixed(0)} s`,
    );
    const apis = ['com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1'];
    await createQuotaStore({ pool }).applyPresets({ appKey: '1', account: 'business', apis });
    const times: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const startedMs = performance.now();
      const plan = await readPlanFrom(
        pool,
        { sync, appKey: undefined },
        { feedNames: ['all'], budgetCalls: null },
      );
      times.push((performance.now() - startedMs).toFixed(0));
      if (round === 2) say(`\n${formatForecast(plan, 100)}\n`);
    }
    say(`ms to read and to compute the plan, three times: ${times.join(', ')}`);
  } finally {
    await closing.close(log);
  }
}
