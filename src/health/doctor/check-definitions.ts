import type { Pool } from 'pg';
import { inTransaction } from '../../db/in-transaction.ts';
import { readApplied } from '../../db/migrations/applied-migrations.ts';
import { findStrayed, readRecorded } from '../../db/migrations/make-repeatables.ts';
import {
  findMigrationsFolder,
  readMigrations,
  readRepeatables,
} from '../../db/migrations/read-migrations.ts';
import { warn, type Check } from './check.ts';

const name = 'functions and views';
const advice = 'Run `catalog-sync migrate`, which re-creates them.';
const shown = 5;

function sayStrayed(strayed: readonly string[]): string {
  const rest = strayed.length - shown;
  return strayed.slice(0, shown).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

/** True while this version works beside a later one, which makes them from files of its own. */
async function isNewer(pool: Pool, folder: string): Promise<boolean> {
  const newest = Math.max(...readMigrations(folder).map(({ createdAtMs }) => createdAtMs));
  return (await readApplied(pool)).some(({ createdAtMs }) => createdAtMs > newest);
}

/** Whether functions and views are those of this version, and unchanged: none was edited or dropped. */
export async function checkDefinitions(pool: Pool, folder = findMigrationsFolder()): Promise<Check[]> {
  const { recorded, strayed } = await inTransaction(pool, async (client) => {
    const found = await readRecorded(client);
    return { recorded: found, strayed: found === null ? [] : await findStrayed(client, found) };
  });
  if (strayed.length > 0)
    return [warn(name, `changed since they were created: ${sayStrayed(strayed)}`, advice)];
  if (recorded?.hash === readRepeatables(folder).hash || (await isNewer(pool, folder))) return [];
  return [warn(name, 'created by another version', advice)];
}
