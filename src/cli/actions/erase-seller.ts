import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import { createPool } from '../../db/pool.ts';
import { requireMigrated } from '../../db/require-migrated.ts';
import { createEraseStore, type EraseStore, type SellerData } from '../../maintenance/erase-store.ts';
import type { CliContext } from '../../app/context.ts';
import { describeErasure, erasedAt } from '../privacy/describe-erasure.ts';
import { formatSellerData, totalOf } from '../privacy/format-seller-data.ts';
import { createScanProgress } from '../privacy/show-scan.ts';
import { openSession, type Session } from '../../app/session.ts';
import { syncFileName } from '../../config/project-folder.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withExistingDatabase } from '../../app/with-database.ts';

type EraseWork = (store: EraseStore, signal: AbortSignal) => Promise<void>;

async function withEraseStore(session: Session, work: EraseWork): Promise<void> {
  await withExistingDatabase(session, async ({ url }, signal) => {
    const pool = createPool({ connectionString: url, max: 3, log: session.log });
    try {
      await classifyDatabaseErrors(async () => {
        await requireMigrated(pool);
        await work(createEraseStore({ pool }), signal);
      });
    } finally {
      await pool.end();
    }
  });
}

/** The feeds of the sync file that still name the seller. */
function feedsOf(session: Session, sellerId: string): string[] {
  if (!existsSync(join(session.config.projectDir, syncFileName))) return [];
  const { feeds } = session.readSyncConfig();
  return feeds.filter(({ sellers }) => sellers.includes(sellerId)).map(({ name }) => name);
}

function showData(session: Session, sellerId: string, data: SellerData): void {
  if (session.isJson) session.print(safeJson({ sellerId, ...data }));
  else if (totalOf(data) > 0) session.print(formatSellerData(data));
}

async function eraseSeller(session: Session, sellerId: string, isMeant: boolean): Promise<void> {
  const scan = createScanProgress(session);
  const feeds = feedsOf(session, sellerId);
  await withEraseStore(session, async (store, signal) => {
    let answers = 0;
    const onScanned = (scanned: number) => {
      // The user no longer waits; it would continue to the end.
      signal.throwIfAborted();
      answers = scanned;
      scan.update(scanned);
    };
    const before = await store.readErasure(sellerId);
    const data = await store.count(sellerId, onScanned);
    scan.done();
    showData(session, sellerId, data);
    const isFound = totalOf(data) > 0;
    if (isMeant && erasedAt({ isFound, before }) === null) {
      await store.erase(sellerId, onScanned);
      scan.done();
    }
    for (const line of describeErasure({ sellerId, isFound, answers, before, isMeant })) session.talk(line);
    if (feeds.length > 0)
      session.talk(`${syncFileName} names this seller in ${feeds.join(', ')}: remove it there.`);
  });
}

/** Shows what is stored of a seller; with --yes, erases it. */
export async function showOrErase(
  context: CliContext,
  sellerId: string,
  { yes = false }: { readonly yes?: boolean },
  self: Command,
): Promise<void> {
  await eraseSeller(openSession(self, context, { logs: 'command' }), sellerId, yes);
}
