import { runCli } from '../../src/cli/main.ts';
import { createTestDatabase } from './database.ts';
import { createWorld } from './in-process.ts';
import { storeUnreadDetails } from './stored-answers.ts';

/** `catalog-sync reprocess` over a database of details of so many offers that nobody could read. */
export async function openReprocessCli(offers: number) {
  const db = await createTestDatabase();
  await storeUnreadDetails(db.pool, offers);
  return {
    db,
    run: async (...args: string[]) => {
      const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: db.url } });
      const exitCode = await runCli(['reprocess', ...args], context);
      return { exitCode, out: stdout.text, err: stderr.text };
    },
    countOffers: async () => {
      const { rows } = await db.pool.query<{ count: string }>('SELECT count(*) FROM catalog.offer');
      return Number(rows[0]?.count);
    },
    readState: async () => {
      const { rows } = await db.pool.query<{ after_raw_id: string; ended_at: Date | null }>(
        'SELECT after_raw_id, ended_at FROM sync.reprocess ORDER BY reprocess_id',
      );
      return rows;
    },
  };
}
