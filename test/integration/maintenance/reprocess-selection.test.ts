import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAgain } from '../../../src/jobs/normalize-and-load.ts';
import { openReprocess, type Reprocess } from '../../../src/maintenance/reprocess/reprocess-store.ts';
import type { ReprocessSelection } from '../../../src/model/reprocess.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { normalizerVersion } from '../../../src/transform/normalize-answer.ts';
import { addWindow, minute } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { everything } from '../../support/reprocess-world.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
} from '../../support/stored-answers.ts';

/* Which stored answers a reprocess reads. Here they are known by the minute at which they were asked for. */

let db: TestDatabase;
let rawIds: ReadonlyMap<number, string>;

/** Details at 1, 2 and 3, one that is not loaded at 4, and a search at 5; at 6 one that no window asked for. */
beforeAll(async () => {
  db = await createTestDatabase();
  const answers = openStoredAnswers(db.pool);
  const windowId = await addWindow(db.pool, 'cups');
  const stored = new Map<number, string>();
  for (const nth of [1, 2, 3, 4])
    stored.set(nth, await answers.store(nth, detailOf('71'), plainOffer('71', { 1: String(nth) })));
  stored.set(5, await answers.store(5, searchFor('cups'), searchPayload([]), windowId));
  stored.set(6, await answers.store(6, searchFor('cups'), searchPayload([])));
  rawIds = stored;
  await db.pool.query(
    `UPDATE raw.payload SET loaded_at = now(), normalizer_version = nullif(raw_id - $2::bigint, 0) + 1 WHERE raw_id <> $1`,
    [stored.get(4), stored.get(1)],
  );
  await db.pool.query(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
     VALUES ($1, $1, 'offer.detail', 'a', 'b', 'c', now())`,
    [stored.get(2)],
  );
  // As of answers that show the offer: two that are kept, and one that is not.
  await db.pool.query(
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
     SELECT offer_id, observed_at, 'detail', call_id, true, false, now()
     FROM (VALUES (71, $1::bigint, $4::timestamptz), (72, $2, $5), (71, $3, $6)) AS o (offer_id, call_id, observed_at)`,
    [stored.get(1), stored.get(2), '999', minute(1), minute(2), minute(3)],
  );
});
afterAll(() => db.drop());

async function withReprocess<T>(
  selection: Partial<ReprocessSelection>,
  work: (open: Reprocess) => Promise<T>,
): Promise<T> {
  const open = await openReprocess({
    ...{ pool: db.pool, normalizerVersion, learn, isApplied: false, read: readAgain },
    selection: { ...everything, ...selection },
  });
  try {
    return await work(open);
  } finally {
    await open.release();
  }
}

const minuteOf = (rawId: string | null) => [...rawIds].find(([, id]) => id === rawId)?.[0] ?? null;

async function list(open: Reprocess, after = '0', limit = 10): Promise<(number | null)[]> {
  const { answers, lastRawId } = await open.listAnswers('offer.detail', after, limit);
  expect(lastRawId).toBe(answers.at(-1)?.rawId ?? null);
  return answers.map(({ rawId }) => minuteOf(rawId));
}

describe('answers that are read again', () => {
  // The answer at 1 was read by an unknown version, those at 2 and 3 by the versions 2 and 3.
  it.each<[string, Partial<ReprocessSelection>, number[]]>([
    ['all that are loaded', {}, [1, 2, 3]],
    ['those from a time on', { since: minute(2).toISOString() }, [2, 3]],
    ['those after a time', { since: new Date(minute(2).getTime() + 1).toISOString() }, [3]],
    ['those of an older version', { olderThanVersion: 3 }, [1, 2]],
    ['those of no version', { olderThanVersion: 1 }, [1]],
    ['those with something in quarantine', { isQuarantined: true }, [2]],
    ['those that show an offer', { offerId: '71' }, [1]],
    ['those that show another', { offerId: '72' }, [2]],
    ['of an offer that is not known', { offerId: '73' }, []],
    ['those of several conditions', { offerId: '72', olderThanVersion: 2 }, []],
  ])('are %s', async (_, selection, minutes) => {
    expect(await withReprocess(selection, list)).toEqual(minutes);
  });

  it('come in the order of their ids, so many at a time, after one', async () => {
    await withReprocess({}, async (open) => {
      expect(await list(open, '0', 2)).toEqual([1, 2]);
      expect(await list(open, rawIds.get(2), 2)).toEqual([3]);
      expect(await list(open, rawIds.get(3))).toEqual([]);
    });
  });

  it('are of one operation, and were asked for by a window where they are searches', async () => {
    await withReprocess({}, async (open) => {
      const { answers } = await open.listAnswers('search.keyword', '0', 10);
      expect(answers.map(({ rawId }) => minuteOf(rawId))).toEqual([5]);
      expect(await open.listAnswers('search.image', '0', 10)).toEqual({
        answers: [],
        damaged: 0,
        lastRawId: null,
      });
    });
  });

  it('were there when it began', async () => {
    await withReprocess({}, async (open) => {
      const rawId = await openStoredAnswers(db.pool).store(7, detailOf('71'), null);
      await db.pool.query('UPDATE raw.payload SET loaded_at = now() WHERE raw_id = $1', [rawId]);
      expect(await list(open)).toEqual([1, 2, 3]);
      await db.pool.query('DELETE FROM raw.payload WHERE raw_id = $1', [rawId]);
    });
  });
});

it('answers about an offer that are kept no longer are counted from a time on', async () => {
  const lost = (selection: Partial<ReprocessSelection>) =>
    withReprocess(selection, (open) => open.countLost());
  expect(await lost({ offerId: '71' })).toBe(1);
  expect(await lost({ offerId: '71', since: minute(3).toISOString() })).toBe(1);
  expect(await lost({ offerId: '71', since: new Date(minute(3).getTime() + 1).toISOString() })).toBe(0);
  expect(await lost({ offerId: '71', operation: 'search.keyword' })).toBe(0);
  expect(await lost({ offerId: '72' })).toBe(0);
});
