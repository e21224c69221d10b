/*
 * The load step, whole: how many offers and rows a second it puts into the catalog, held against a bare COPY of the same
 * rows into the same tables and against drizzle's `insert ... on conflict` of them; and what looks at unchanged offers
 * write.
 *
 *   npm run bench:load                     5,000 offers, three rounds
 *   npm run bench:load -- --offers 1000
 */
import { parseArgs } from 'node:util';
import { dayMs } from '../src/core/duration.ts';
import { createLogger } from '../src/core/log.ts';
import { readStored } from '../src/extract/read-stored.ts';
import { readAgain } from '../src/jobs/normalize-and-load.ts';
import { createCatalogStore } from '../src/load/catalog-store.ts';
import { createRawStore } from '../src/raw/raw-store.ts';
import type { LoadableAnswer } from '../src/model/catalog.ts';
import type { StoredAnswer } from '../src/model/ledger.ts';
import { learn } from '../src/refresh/learn.ts';
import { normalizeAnswer, normalizerVersion } from '../src/transform/normalize-answer.ts';
import { copyRows, keepRows } from './load/copy-rows.ts';
import { insertByDrizzle, readByDrizzle } from './load/insert-by-drizzle.ts';
import { measureWal } from './load/measure-wal.ts';
import { reprocessDetails, spoilOffers } from './load/reprocess-all.ts';
import { resetCatalog } from './load/reset-catalog.ts';
import { percentile, spread, sum, table } from './support/numbers.ts';
import { say } from './support/say.ts';
import { openStack } from './support/stack.ts';

const { values: flags } = parseArgs({
  options: { offers: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '3' } },
});
const log = createLogger({ level: 'error', pretty: false });

/** Calls and answers of another day, which no database has seen. */
const laterIds = 1_000_000_000n;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

function normalize(stored: StoredAnswer): LoadableAnswer[] {
  const { request, windowId } = stored;
  return request.operation === 'system.time'
    ? []
    : [normalizeAnswer(request, readStored(stored), stored, windowId)];
}

/** The same answer, given a day later. */
function aDayLater(answer: LoadableAnswer): LoadableAnswer {
  const { callId, rawId, runId, observedAt } = answer.provenance;
  const provenance = {
    callId: String(BigInt(callId) + laterIds),
    rawId: String(BigInt(rawId) + laterIds),
    runId,
    observedAt: new Date(observedAt.getTime() + dayMs),
  };
  return { ...answer, provenance };
}

const stack = await openStack({
  backend: 'postgres',
  offers: Number(flags.offers),
  categories: 200,
  isDrifting: false,
});
try {
  const { pool } = stack;
  const catalog = createCatalogStore({ pool, learn, log, normalizerVersion, read: readAgain });
  await stack.sync();
  await resetCatalog(pool);
  const stored = await createRawStore({ pool }).listUnloaded(1_000_000);
  let answers: LoadableAnswer[] = [];
  const normalizing = await timed(async () => {
    answers = stored.flatMap(normalize);
  });
  const details = answers.filter(({ kind }) => kind === 'detail');
  const pages = answers.filter(({ kind }) => kind === 'search');
  // A second empty answer in a row is a change: the offer is gone.
  const seen = details.filter(({ kind, record }) => kind === 'detail' && record?.kind === 'found');
  const load = async (all: readonly LoadableAnswer[], batch: number) => {
    for (let from = 0; from < all.length; from += batch) await catalog.load(all.slice(from, from + batch));
  };
  const seconds: Record<'pages' | 'details' | 'backfill' | 'copy' | 'drizzle' | 'unchanged', number[]> = {
    ...{ pages: [], details: [], backfill: [], copy: [], drizzle: [], unchanged: [] },
  };
  let rows = 0;
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    await resetCatalog(pool);
    seconds.pages.push(await timed(() => load(pages, 1)));
    await resetCatalog(pool);
    seconds.details.push(await timed(() => load(details, 25)));
    await resetCatalog(pool);
    seconds.backfill.push(await timed(() => load(details, 500)));
    const kept = await keepRows(pool);
    rows = sum(kept.map((one) => one.rows));
    const objects = await readByDrizzle(pool);
    await resetCatalog(pool);
    seconds.copy.push(await timed(() => copyRows(pool, kept)));
    await resetCatalog(pool);
    seconds.drizzle.push(await timed(() => insertByDrizzle(pool, objects)));
    seconds.unchanged.push(await timed(() => load(seen.map(aDayLater), 25)));
  }
  await resetCatalog(pool);
  await load(details, 500);
  await pool.query('VACUUM ANALYZE');
  const again = { unchanged: [] as number[], changed: [] as number[] };
  let corrected = 0;
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    again.unchanged.push(await timed(() => reprocessDetails(pool)));
    await spoilOffers(pool);
    again.changed.push(
      await timed(async () => {
        corrected = (await reprocessDetails(pool)).offersChanged;
      }),
    );
  }
  await pool.query('VACUUM ANALYZE');
  const wal = await measureWal(pool, () => load(seen.map(aDayLater), 25));

  const offers = details.length;
  const per = (count: number, all: readonly number[]) => spread(all.map((s) => count / s));
  const ratio = (other: readonly number[]) =>
    spread(
      seconds.backfill.map((s, i) => (other[i] ?? NaN) / s),
      2,
    );
  const pageRows = pages.reduce(
    (total, page) => total + (page.kind === 'search' ? (page.record?.rows.length ?? 0) : 0),
    0,
  );
  say(
    `${String(offers)} details, ${String(rows)} rows in the tables they fill; ${String(pages.length)} pages of ${String(pageRows)} rows`,
  );
  say(
    `normalizing all answers: ${(answers.length / normalizing).toFixed(0)} a second, ${((100 * normalizing) / (normalizing + percentile(seconds.backfill, 0.5))).toFixed(0)} % of normalizing and backfill`,
  );
  say(
    table(
      ['what', 'offers or search rows/s: min, median, max', 'rows/s'],
      [
        ['search pages, a transaction each', per(pageRows, seconds.pages), ''],
        ['details, 25 a transaction', per(offers, seconds.details), per(rows, seconds.details)],
        ['details, 500 a transaction (backfill)', per(offers, seconds.backfill), per(rows, seconds.backfill)],
        ['details of unchanged offers, 25 a transaction', per(seen.length, seconds.unchanged), ''],
        ['bare COPY of the same rows', per(offers, seconds.copy), per(rows, seconds.copy)],
        [
          'drizzle insert ... on conflict of the same rows',
          per(offers, seconds.drizzle),
          per(rows, seconds.drizzle),
        ],
      ],
    ),
  );
  say(
    `reprocess, offers/s: ${per(offers, again.unchanged)} unchanged; ${per(offers, again.changed)} with ${String(corrected)} changed`,
  );
  say(`backfill against COPY: ${ratio(seconds.copy)}; against drizzle: ${ratio(seconds.drizzle)}`);
  say('WAL of 100,000 looks at unchanged offers:');
  say(
    table(
      ['table', 'MB'],
      [...wal].map(([name, bytes]) => [name, ((bytes * 100_000) / seen.length / 1e6).toFixed(2)]),
    ),
  );
} finally {
  await stack.close();
}
