import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import {
  categories,
  found,
  minute,
  provenance,
  searchPage,
  storeRaw,
  addWindow,
} from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* What a load keeps of answers beside their records. */

let db: TestDatabase;
let world: LoadWorld;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

const select = async (text: string, ...values: unknown[]) =>
  (await db.pool.query<Record<string, unknown>>(text, values)).rows;

const drifting = <T extends LoadableAnswer>(answer: T, path: string, sample: string): T => ({
  ...answer,
  drifts: [{ path, kind: 'unknown', sample }],
});

async function loadStored(...answers: readonly LoadableAnswer[]) {
  await storeRaw(db.pool, answers);
  return world.load(...answers);
}

const driftOf = async (path: string) =>
  (
    await select(
      `SELECT seen::int, first_seen_at AS first, last_seen_at AS last, sample, last_call_id::int AS raw FROM sync.drift
       WHERE path = $1 ORDER BY operation`,
      path,
    )
  ).map(({ seen, first, last, sample, raw }) => [seen, first, last, sample, raw]);

it('a drift has the first and the last time that it was seen, and the example of the last', async () => {
  const seen = (minutes: number, callId: number, sample: string) =>
    drifting(found(String(callId), provenance(minutes, String(callId))), 'x', sample);
  await loadStored(seen(5, 101, 'five'), seen(3, 102, 'three'), seen(7, 103, 'seven'), seen(4, 104, 'four'));
  expect(await driftOf('x')).toEqual([[4, minute(3), minute(7), 'seven', 103]]);
  await loadStored(seen(1, 105, 'one'), seen(6, 106, 'six'));
  expect(await driftOf('x')).toEqual([[6, minute(1), minute(7), 'seven', 103]]);
  // Of one time the one that is loaded last, at once or later.
  await loadStored(seen(7, 107, 'seven again'));
  expect(await driftOf('x')).toEqual([[7, minute(1), minute(7), 'seven again', 107]]);
  await loadStored(seen(8, 108, 'eight'), seen(8, 109, 'eight again'));
  expect(await driftOf('x')).toEqual([[9, minute(1), minute(8), 'eight again', 109]]);
  await loadStored(seen(2, 110, 'two'));
  expect(await driftOf('x')).toEqual([[10, minute(1), minute(8), 'eight again', 109]]);
});

it('drifts are kept by operation, path and kind, with paths of at most 500 characters', async () => {
  const long = 'p'.repeat(501);
  const windowId = await addWindow(db.pool, 'drifts');
  await loadStored(
    drifting(found('201', provenance(1, '201')), long, 'detail'),
    drifting(categories('202', provenance(1, '202'), null), long, 'category'),
    drifting(searchPage(windowId, provenance(1, '203'), []), long, 'search'),
    { ...found('204', provenance(2, '204')), drifts: [{ path: long, kind: 'missing', sample: null }] },
  );
  expect(
    await select(
      `SELECT operation, kind, sample, length(path) AS length FROM sync.drift WHERE path LIKE 'ppp%' ORDER BY 1, 2`,
    ),
  ).toEqual([
    { operation: 'category.children', kind: 'unknown', sample: 'category', length: 500 },
    { operation: 'offer.detail', kind: 'missing', sample: null, length: 500 },
    { operation: 'offer.detail', kind: 'unknown', sample: 'detail', length: 500 },
    { operation: 'search.keyword', kind: 'unknown', sample: 'search', length: 500 },
  ]);
});

it('what an answer has of no use is kept once, with its call, and answers that are loaded already have none', async () => {
  const rejected = {
    ...found('301', provenance(1, '301')),
    rejects: [
      { path: 'q'.repeat(501), reason: 'r', sample: 's' },
      { path: 'a', reason: 'r', sample: null },
      { path: 'a', reason: 'other', sample: null },
    ],
  };
  const plain = found('302', provenance(1, '302'));
  expect((await loadStored(rejected, plain)).rejects).toBe(3);
  const rows = `SELECT raw_id, call_id, run_id, operation, length(path) AS length, reason, sample, observed_at
                FROM sync.quarantine WHERE raw_id IN (301, 302) ORDER BY reason, length`;
  const kept = {
    raw_id: '301',
    call_id: '301',
    run_id: null,
    operation: 'offer.detail',
    observed_at: minute(1),
  };
  const all = [
    { ...kept, length: 1, reason: 'other', sample: null },
    { ...kept, length: 1, reason: 'r', sample: null },
    { ...kept, length: 500, reason: 'r', sample: 's' },
  ];
  expect(await select(rows)).toEqual(all);
  expect((await world.load(rejected, rejected)).rejects).toBe(0);
  expect(await select(rows)).toEqual(all);
});

it('neighbours and single characters beyond ASCII are what an index finds words by', async () => {
  const bigrams = async (text: string | null) =>
    (await select('SELECT catalog.bigrams($1) AS found', text))[0]?.['found'];
  expect(await bigrams('a~b 1中文')).toEqual(['a~', '~b', '中', '1中', '文', '中文']);
  expect(await bigrams('! x')).toEqual([]);
  expect(await bigrams('中 文')).toEqual(['中', '文']);
  expect(await bigrams('\u007fa')).toEqual(['\u007f', '\u007fa']);
  expect(await bigrams('')).toEqual([]);
  expect(await bigrams(null)).toEqual([]);
});

it('both titles of an offer are compared in plain small letters', async () => {
  const both = async (subject: string | null, translated: string | null) =>
    (await select('SELECT catalog.search_text($1, $2) AS found', subject, translated))[0]?.['found'];
  expect(await both('ＡＢｃ　１杯', 'CUP Ä')).toBe('abc 1杯\ncup Ä');
  expect(await both('杯A', null)).toBe('杯a\n');
  expect(await both(null, 'ＣUP')).toBe('\ncup');
  expect(await both(null, null)).toBe('\n');
});
