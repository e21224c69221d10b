import { expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { readTruth } from '../../support/catalog-truth.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';

const hourMs = 3_600_000;

/** From now to an hour of tomorrow in China. */
function untilHourMs(now: number, hour: number): number {
  const shanghai = now + 8 * hourMs;
  return 24 * hourMs - (shanghai % (24 * hourMs)) + hour * hourMs;
}

/** Some offers beside a feed that would take more details than there are, every hour. */
function fileOf(watched: readonly string[], maxAge: string, daily: number) {
  return parseSyncFile(
    `account: business
feeds:
  - { name: all, categories: ["0"] }
  - { name: watch, offers: [${watched.join(', ')}], weight: 20${maxAge} }
freshness: { category: 7d, search: 20h, detail: 30m }
quotas: { per_second: 1000, approved: { offer.detail: { daily: ${daily} } } }
`,
    'test',
  );
}

interface Achieved {
  readonly offers: number;
  readonly in_time: number;
  readonly oldest_h: number;
}

/** What details of the watch list were, from the first of each to now, without the offers that 1688 does not have any more. */
async function readAchieved(stack: TestStack, watched: readonly string[]): Promise<Achieved> {
  const [row] = await stack.query<Achieved>(
    `SELECT count(DISTINCT offer_id)::int AS offers, max(extract(epoch FROM age) / 3600)::float8 AS oldest_h,
            (sum(extract(epoch FROM least(age, interval '6 hours'))) / sum(extract(epoch FROM age)))::float8 AS in_time
     FROM (SELECT offer_id, coalesce(lead(observed_at) OVER (PARTITION BY offer_id ORDER BY observed_at), usage.ledger_now())
                  - observed_at AS age
           FROM catalog.observation WHERE source = 'detail' AND offer_id = ANY ($1::bigint[])
             AND offer_id IN (SELECT offer_id FROM sync.refresh WHERE bucket IS NOT NULL)) seen`,
    [watched],
  );
  if (!row) throw new Error('an aggregate without a row');
  return row;
}

/** Calls by what they were made for. */
async function listSources(stack: TestStack): Promise<Map<string, number>> {
  const rows = await stack.query<{ source: string; calls: number }>(
    'SELECT source, sum(calls)::int AS calls FROM analytics.fct_source_yield GROUP BY source',
  );
  return new Map(rows.map(({ source, calls }) => [source, calls]));
}

interface Days {
  readonly maxAge: string;
  /** Of the day, in China. */
  readonly fromHour: number;
  readonly hours: number;
  readonly daily: number;
}

/** Runs every hour. */
async function achieve(
  { maxAge, fromHour, hours, daily }: Days,
  check: (stack: TestStack, achieved: Achieved) => Promise<void>,
) {
  await withTestStack({ backend: 'postgres', sandbox: { offers: 120 } }, async (stack) => {
    const { offers } = await readTruth(stack, 'categories=0');
    const watched = offers
      .filter(({ isListed }) => isListed)
      .slice(0, 40)
      .map(({ id }) => id);
    const other = await stack.openProcess({ sync: fileOf(watched, maxAge, daily) });
    await stack.query("UPDATE sync.database_identity SET source = 'sandbox'");
    await stack.advance(untilHourMs(stack.sandbox.now().getTime(), fromHour));
    for (let hour = 0; hour < hours; hour += 1) {
      if (hour > 0) await stack.advance(hourMs);
      expect(['succeeded', 'partial_quota']).toContain((await other.run()).status);
    }
    await check(stack, await readAchieved(stack, watched));
  });
}

it(
  'a watch list is never older than its max_age, beside a feed that would take every call',
  () =>
    achieve(
      { maxAge: ', max_age: 6h', fromHour: 1, hours: 12, daily: 360 },
      async (stack, { offers, in_time, oldest_h }) => {
        expect(offers).toBeGreaterThan(30);
        expect(in_time).toBe(1);
        expect(oldest_h).toBeGreaterThan(4);
        const [view] = await stack.query('SELECT * FROM analytics.promised_age');
        expect(view).toMatchObject({
          feed: 'watch',
          max_age_h: '6.00',
          late_now: 0,
          share_in_time: '1.0000',
        });
        const found = await listSources(stack);
        expect(found.get('detail_max_age')).toBeGreaterThan(30);
        expect(found.get('detail_value')).toBeGreaterThan(30);
        // What it does not need goes to the others.
        const [others] = await stack.query<{ fetched: number }>(
          'SELECT count(*) FILTER (WHERE detail_at IS NOT NULL)::int AS fetched FROM sync.refresh',
        );
        expect(others?.fetched).toBeGreaterThan(75);
      },
    ),
  240_000,
);

it(
  'nor is it where half of the hours are of the next day',
  () =>
    achieve(
      { maxAge: ', max_age: 6h', fromHour: 16, hours: 16, daily: 360 },
      async (stack, { offers, in_time }) => {
        expect(offers).toBeGreaterThan(30);
        expect(in_time).toBe(1);
        expect((await listSources(stack)).get('detail_max_age')).toBeGreaterThan(0);
      },
    ),
  240_000,
);

it(
  'without max_age it is, whatever its weight',
  () =>
    achieve({ maxAge: '', fromHour: 1, hours: 20, daily: 300 }, async (stack, { in_time }) => {
      expect(in_time).toBeLessThan(0.95);
      expect(await stack.query('SELECT * FROM analytics.promised_age')).toEqual([]);
      expect([...(await listSources(stack)).keys()]).not.toContain('detail_max_age');
    }),
  240_000,
);
