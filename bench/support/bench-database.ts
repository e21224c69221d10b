import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import type { Logger } from '../../src/core/log.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { openEmbeddedPostgres } from '../../src/local/embedded-postgres.ts';

export interface BenchDatabase {
  readonly pool: Pool;
  readonly url: string;
  /** Stops the server and starts it again, with nothing in its memory; what the system remembers of files stays. */
  readonly restart: () => Promise<Pool>;
}

/** A migrated database of this process alone, over one connection; `closing` stops it and removes its data. */
export async function openBenchDatabase(closing: CloseStack, log: Logger): Promise<BenchDatabase> {
  const dataRoot = join(import.meta.dirname, '../../.catalog-sync/bench', String(process.pid));
  closing.add('data', async () => rmSync(dataRoot, { recursive: true, force: true }));
  const open = async () => {
    const postgres = await openEmbeddedPostgres({ dataRoot, log });
    return { postgres, pool: createPool({ connectionString: postgres.url, max: 1, log }) };
  };
  let opened = await open();
  const close = async () => {
    await opened.pool.end();
    await opened.postgres.release();
  };
  closing.add('postgres', close);
  await migrate({ connectionString: opened.postgres.url, log });
  const restart = async () => {
    await close();
    opened = await open();
    return opened.pool;
  };
  return { pool: opened.pool, url: opened.postgres.url, restart };
}
