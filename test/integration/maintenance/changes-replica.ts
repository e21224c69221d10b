import { createHash } from 'node:crypto';
import { changedFacts } from '../../../src/maintenance/export/changed-facts.ts';
import type { ChangeSequence } from '../../../src/maintenance/export/change-sequence.ts';
import { withChanges } from '../../../src/maintenance/export/export-changes.ts';
import type { ExportReader } from '../../../src/maintenance/export/export-rows.ts';

type Cells = readonly (string | null)[];

async function readAll(reader: ExportReader): Promise<Record<string, string | null>[]> {
  const all: Cells[] = [];
  await reader.readRows(async (rows) => {
    all.push(...rows);
    return true;
  });
  return all.map((row) =>
    Object.fromEntries(reader.columns.map(({ name }, place) => [name, row[place] ?? null])),
  );
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A key as `catalog.deleted_row` names it: sellers by their hash. */
function keyOf(row: Readonly<Record<string, string | null>>, key: readonly string[]): string {
  return key
    .map((column) =>
      column === 'seller_id' ? (row['seller_hash'] ?? sha256(row['seller_id'] ?? '')) : row[column],
    )
    .join('|');
}

/** A copy of the catalog that a consumer keeps, as docs/export.md says: first what was deleted, then what changed. */
export class Replica {
  readonly facts = new Map<string, Map<string, string>>();
  since: ChangeSequence = null;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @returns how many rows and deletions came */
  async read(): Promise<{ changed: number; deleted: number }> {
    const amount = { changed: 0, deleted: 0 };
    const { signal } = new AbortController();
    await withChanges({ connectionString: this.#url, since: this.since, signal }, async (changes) => {
      for (const [fact, key] of Object.entries(changedFacts)) {
        const rows = this.facts.get(fact) ?? new Map<string, string>();
        this.facts.set(fact, rows);
        const deleted = await readAll(await changes.openDeleted(fact, key));
        for (const row of deleted) rows.delete(keyOf(row, key));
        const months = await changes.listMonths(fact);
        for (const month of months.length > 0 ? months : [undefined]) {
          const changed = await readAll(await changes.openChanged(fact, month));
          for (const row of changed) rows.set(keyOf(row, key), JSON.stringify(row));
          amount.changed += changed.length;
        }
        amount.deleted += deleted.length;
      }
      this.since = changes.to;
    });
    return amount;
  }

  /** All rows, in an order of their own. */
  content(): Record<string, string[]> {
    return Object.fromEntries([...this.facts].map(([fact, rows]) => [fact, [...rows.values()].toSorted()]));
  }
}

/** What the tables hold. */
export async function readTables(url: string): Promise<Record<string, string[]>> {
  const fresh = new Replica(url);
  await fresh.read();
  return fresh.content();
}
