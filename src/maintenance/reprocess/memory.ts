import type { Pool, PoolClient } from 'pg';
import { AppError } from '../../core/errors.ts';
import { advisoryLocks, tryLockUntilClosed, unlock } from '../../db/advisory-locks.ts';
import { toDatabaseError } from '../../db/database-error.ts';
import { describeHolder, findAdvisoryHolder, holderFacts, type LockHolder } from '../../db/lock-holder.ts';
import { maintenanceErrors } from '../errors.ts';

/** What this reprocess knows of offers in addition to the catalog: a dry run forgets its corrections. */
const createMemory =
  'CREATE TEMP TABLE reprocessed (offer_id bigint, what text, PRIMARY KEY (offer_id, what))';

export type Remembered = 'changed' | 'partial' | 'detail' | 'search';

/** Those of the offers of which this is remembered. */
export async function recall(
  memory: PoolClient,
  ids: readonly string[],
  what: Remembered,
): Promise<Set<string>> {
  const { rows } = await memory.query<{ offerId: string }>(
    'SELECT offer_id AS "offerId" FROM reprocessed WHERE offer_id = ANY ($1::bigint[]) AND what = $2',
    [ids, what],
  );
  return new Set(rows.map(({ offerId }) => offerId));
}

/** Remembers all of it, or, if this fails, nothing. */
export async function remember(
  memory: PoolClient,
  idsOf: Readonly<Record<Remembered, ReadonlySet<string>>>,
): Promise<void> {
  const rows = Object.entries(idsOf).flatMap(([what, ids]) => [...ids].map((id) => ({ id, what })));
  await memory.query(
    'INSERT INTO reprocessed SELECT * FROM unnest($1::bigint[], $2::text[]) ON CONFLICT DO NOTHING',
    [rows.map(({ id }) => id), rows.map(({ what }) => what)],
  );
}

/**
 * A connection that holds the lock of reprocesses and remembers what this one has met.
 *
 * @throws AppError REPROCESS_RUNNING; of the database
 */
export async function holdMemory(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  // The next query on a broken connection fails; without a listener the process would end here.
  client.on('error', () => undefined);
  let holder: LockHolder | null;
  try {
    if (await tryLockUntilClosed(client, advisoryLocks.reprocess)) {
      await client.query(createMemory);
      return client;
    }
    holder = await findAdvisoryHolder(client, advisoryLocks.reprocess);
  } catch (error) {
    client.release(true);
    throw toDatabaseError(error);
  }
  client.release(true);
  const who = holder === null ? '' : `: ${describeHolder(holder)}`;
  const message = `another reprocess is running on this database${who}`;
  throw new AppError(maintenanceErrors.REPROCESS_RUNNING, message, { facts: holderFacts(holder) });
}

/** Ends the lock. The temporary table goes with the connection, and so does the lock if this fails. */
export async function letGo(memory: PoolClient): Promise<void> {
  await unlock(memory, advisoryLocks.reprocess).catch(() => undefined);
  memory.release(true);
}
