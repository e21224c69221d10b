import { expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { withTestStack } from '../../support/stack.ts';
import { expectOneRowPerArrival, readTruth } from '../../support/catalog-truth.ts';

const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const feeds = `keywords=${encodeURIComponent('款')}`;
const sync = parseSyncFile(
  'account: business\nfeeds: [{ name: all, keywords: [款] }]\nquotas: { per_second: 1000 }\n',
  'test',
);

/* One search, whose pages come one after the other: with a seed, its list always moves in the same way. */

it.each([
  { seed: 1, calls: [1, 1, 1, 1], outcome: 'complete' },
  { seed: 2, calls: [2, 2, 1, 1], outcome: 'unproven' },
  { seed: 5, calls: [2, 1, 1, 1], outcome: 'unproven' },
])(
  'a new search whose list moves while it is read is read to the whole in the same run (seed $seed)',
  (world) =>
    withTestStack(
      {
        ...{ backend: 'postgres', sync },
        sandbox: { offers: 190, drift: true, seed: world.seed, declinedApis: [detailApi] },
      },
      async (stack) => {
        await stack.run();
        const truth = await readTruth(stack, feeds);
        const listed = truth.offers.filter(({ isListed }) => isListed).map(({ id }) => id);
        const known = await stack.query<{ id: string }>('SELECT offer_id::text AS id FROM catalog.offer');
        expect(known.map(({ id }) => id).toSorted()).toEqual(listed.toSorted());
        const pages = await stack.query<{ calls: number }>(
          `SELECT count(*)::int AS calls FROM usage.api_call
         WHERE operation = 'search.keyword' AND outcome = 'ok'
         GROUP BY request ->> 'page' ORDER BY (request ->> 'page')::int`,
        );
        expect(pages.map(({ calls }) => calls)).toEqual(world.calls);
        expect(await stack.query('SELECT last_outcome FROM sync.search_window')).toEqual([
          { last_outcome: world.outcome },
        ]);
        await expectOneRowPerArrival(stack);
      },
    ),
);
