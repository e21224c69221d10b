import { linkPrices } from '../../test/support/link-prices.ts';
import type { Pool } from 'pg';
import { dayMs } from '../../src/core/duration.ts';
import type { Observed, ObservedWorld } from './observe-world.ts';

/** A price that holds since `from`, which is when an observation showed it. */
interface Standing {
  readonly cny: number;
  readonly from: Date;
}

interface Interval extends Standing {
  readonly offerId: string;
  readonly skuId: string;
  readonly kind: 'list' | 'search';
  readonly minQuantity: number;
  readonly to: Date | null;
}

/** Prices as the loader keeps them: an interval ends when an observation shows another price, or none. */
class PriceBook {
  readonly #standing = new Map<string, Standing>();
  readonly #ended: Interval[] = [];
  /** Empty details in a row, by offer: two end its prices. */
  readonly #empty = new Map<string, number>();

  see(offerId: string, kind: Interval['kind'], at: Date, shown: ReadonlyMap<string, number>): void {
    const empty = shown.size === 0 ? (this.#empty.get(offerId) ?? 0) + 1 : 0;
    this.#empty.set(offerId, empty);
    if (empty === 1) return;
    const prefix = `${offerId}/${kind}/`;
    for (const [key, standing] of this.#of(prefix)) {
      if (shown.get(key) === standing.cny) continue;
      this.#ended.push({ ...this.#keyed(prefix + key), ...standing, to: at });
      this.#standing.delete(prefix + key);
    }
    for (const [key, cny] of shown)
      if (!this.#standing.has(prefix + key)) this.#standing.set(prefix + key, { cny, from: at });
    this.#keys.set(prefix, new Set([...(this.#keys.get(prefix) ?? []), ...shown.keys()]));
  }

  readonly #keys = new Map<string, Set<string>>();

  #of(prefix: string): [string, Standing][] {
    return [...(this.#keys.get(prefix) ?? [])].flatMap((key): [string, Standing][] => {
      const standing = this.#standing.get(prefix + key);
      return standing ? [[key, standing]] : [];
    });
  }

  #keyed(key: string): Pick<Interval, 'offerId' | 'skuId' | 'kind' | 'minQuantity'> {
    const [offerId = '', kind, skuId = '0', minQuantity] = key.split('/');
    return { offerId, kind: kind === 'search' ? 'search' : 'list', skuId, minQuantity: Number(minQuantity) };
  }

  intervals(): Interval[] {
    const open = [...this.#standing].map(([key, standing]) => ({
      ...this.#keyed(key),
      ...standing,
      to: null,
    }));
    return [...this.#ended, ...open];
  }
}

const atOf = ({ startAt }: ObservedWorld, { day }: Observed) => new Date(startAt.getTime() + day * dayMs);

function shownBy(world: ObservedWorld, { offer, day, source }: Observed): ReadonlyMap<string, number> {
  const real = world.truth[Math.min(Math.floor(day), world.days)]?.[offer];
  if (source === 'detail') return real?.list ?? new Map();
  return real?.searchCny == null ? new Map() : new Map([['0/1', real.searchCny]]);
}

const tables = [
  'catalog.price',
  'catalog.price_history',
  'catalog.observation',
  'sync.refresh',
  'catalog.offer',
];

async function insert(
  pool: Pool,
  statement: string,
  columns: readonly (readonly unknown[])[],
): Promise<void> {
  await pool.query(
    statement,
    columns.map((column) => [...column]),
  );
}

async function insertPrices(pool: Pool, intervals: readonly Interval[]): Promise<void> {
  const columns = (rows: readonly Interval[]) => [
    rows.map((row) => row.offerId),
    rows.map((row) => row.skuId),
    rows.map((row) => row.kind),
    rows.map((row) => row.minQuantity),
    rows.map((row) => row.cny),
    rows.map((row) => row.from),
  ];
  const ended = intervals.filter(({ to }) => to !== null);
  await insert(
    pool,
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     SELECT *, 1 FROM unnest($1::bigint[], $2::bigint[], $3::catalog.price_kind[], $4::int[], $5::numeric[], $6::timestamptz[])`,
    columns(intervals.filter(({ to }) => to === null)),
  );
  await insert(
    pool,
    `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
     SELECT *, 1, 2
     FROM unnest($1::bigint[], $2::bigint[], $3::catalog.price_kind[], $4::int[], $5::numeric[], $6::timestamptz[], $7::timestamptz[])`,
    [...columns(ended), ended.map(({ to }) => to)],
  );
  await pool.query(linkPrices);
}

async function insertObservations(
  pool: Pool,
  world: ObservedWorld,
  seen: readonly Observed[],
): Promise<void> {
  const ids = (rows: readonly Observed[]) => rows.map(({ offer }) => world.offerIds[offer]);
  await insert(
    pool,
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
     SELECT o.offer_id, o.at, o.source, o.nth, o.is_found, false, o.at
     FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::boolean[]) WITH ORDINALITY o (offer_id, at, source, is_found, nth)`,
    [
      ids(seen),
      seen.map((each) => atOf(world, each)),
      seen.map(({ source }) => source),
      seen.map((each) => shownBy(world, each).size > 0),
    ],
  );
  await pool.query(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, last_call_id, bucket, order_at, popularity, summary_at, detail_at)
     SELECT offer_id, min(observed_at), 1, 0, min(observed_at), 1,
            max(observed_at) FILTER (WHERE source = 'search'), max(observed_at) FILTER (WHERE source = 'detail')
     FROM catalog.observation WHERE is_found GROUP BY offer_id`,
  );
}

/** Fills a migrated database with what is known at a time, in days, and sets its clock to it. */
export async function fillObserved(pool: Pool, world: ObservedWorld, until: number): Promise<void> {
  await pool.query(`TRUNCATE ${tables.join(', ')} CASCADE`);
  const now = new Date(world.startAt.getTime() + until * dayMs);
  await pool.query('SELECT sync.ensure_partitions($1, 3)', [world.startAt]);
  await pool.query('UPDATE usage.ledger_clock SET "offset" = $1::timestamptz - clock_timestamp()', [now]);
  await insert(
    pool,
    `INSERT INTO catalog.offer (offer_id, category_id, state, unit, changed_at, call_id)
     SELECT *, 'listed', '件', now(), 1 FROM unnest($1::bigint[], $2::bigint[])`,
    [world.offerIds, world.categoryIds],
  );
  const seen = world.observations.filter(({ day }) => day <= until);
  const book = new PriceBook();
  for (const each of seen) {
    const kind = each.source === 'detail' ? 'list' : 'search';
    // A search that lists it no more says nothing of its price.
    const shown = shownBy(world, each);
    if (kind === 'list' || shown.size > 0)
      book.see(world.offerIds[each.offer] ?? '', kind, atOf(world, each), shown);
  }
  await insertPrices(pool, book.intervals());
  await insertObservations(pool, world, seen);
  await pool.query('ANALYZE');
}
