import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import type { Logger } from '../../src/core/log.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { openEmbeddedPostgres } from '../../src/local/embedded-postgres.ts';

/** A migrated database of this process alone, over one connection; `closing` stops it and removes its data. */
export async function openBenchDatabase(
  closing: CloseStack,
  log: Logger,
): Promise<{ readonly pool: Pool; readonly url: string }> {
  const dataRoot = join(import.meta.dirname, '../../.catalog-sync/bench', String(process.pid));
  closing.add('data', async () => rmSync(dataRoot, { recursive: true, force: true }));
  const postgres = await openEmbeddedPostgres({ dataRoot, log });
  closing.add('postgres', () => postgres.release());
  await migrate({ connectionString: postgres.url, log });
  const pool = createPool({ connectionString: postgres.url, max: 1, log });
  closing.add('pool', () => pool.end());
  return { pool, url: postgres.url };
}
