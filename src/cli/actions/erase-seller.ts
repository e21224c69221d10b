import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import { createPool } from '../../db/pool.ts';
import { requireMigrated } from '../../db/require-migrated.ts';
import { createEraseStore, type EraseStore, type SellerData } from '../../maintenance/erase-store.ts';
import type { CliContext } from '../../app/context.ts';
import { formatSellerData, totalOf } from '../privacy/format-seller-data.ts';
import { createScanProgress } from '../privacy/show-scan.ts';
import { openSession, type Session } from '../../app/session.ts';
import { syncFileName } from '../../config/project-folder.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
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

function showData(session: Session, data: SellerData): void {
  if (session.isJson) session.print(safeJson(data));
  else if (totalOf(data) > 0) session.print(formatSellerData(data));
}

async function eraseSeller(session: Session, sellerId: string, isMeant: boolean): Promise<void> {
  const scan = createScanProgress(session);
  const feeds = feedsOf(session, sellerId);
  await withEraseStore(session, async (store, signal) => {
    const onScanned = (answers: number) => {
      // The user no longer waits; it would continue to the end.
      signal.throwIfAborted();
      scan.update(answers);
    };
    const completedAt = await store.readCompletedAt(sellerId);
    const data = await store.count(sellerId, onScanned);
    scan.done();
    showData(session, data);
    const isGone = totalOf(data) === 0;
    if (isMeant && !(isGone && completedAt)) {
      await store.erase(sellerId, onScanned);
      scan.done();
      session.talk('erased; data of this seller in later answers is not stored (docs/privacy.md)');
      session.talk(
        'Postgres keeps old row versions until a vacuum. Its logs and your backups also keep them.',
      );
    } else if (isGone) {
      const since = completedAt ? `: it was erased at ${shanghaiTime(completedAt)} (Shanghai)` : '';
      session.talk(`no data of this seller is stored${since}`);
    } else {
      session.talk('nothing was erased: add --yes to erase the data permanently');
    }
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
