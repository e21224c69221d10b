import { expect, it } from 'vitest';
import { formatSellerData, totalOf } from '../../../../src/cli/privacy/format-seller-data.ts';
import { createScanProgress } from '../../../../src/cli/privacy/show-scan.ts';
import type { Session } from '../../../../src/app/session.ts';
import type { SellerData } from '../../../../src/maintenance/erase-store.ts';
import { createWorld } from '../../../support/in-process.ts';
import { textRows } from '../../../support/text-rows.ts';

const some: SellerData = {
  ...{
    seller: 1,
    seller_history: 0,
    offer: 1200,
    offer_attribute: 0,
    sku: 0,
    sku_history: 0,
  },
  ...{ offer_change: 0, refresh: 0, search_window: 0, seller_observation: 0, shop_suspicion: 0, api_call: 0 },
  ...{ answersDeleted: 2, answersRewritten: 3 },
};

it('what is kept of a seller is counted, and has what erasing does to it', () => {
  expect(totalOf(some)).toBe(1206);
  expect(textRows(formatSellerData(some))).toEqual([
    ['table', 'rows', 'by erasing'],
    ['catalog.seller', '1', 'deleted'],
    ['catalog.offer', '1,200', 'texts and pictures erased, no seller any more'],
    ['raw.payload', '2', 'deleted'],
    ['raw.payload', '3', "the seller's rows taken out"],
  ]);
});

it.each([
  [true, false, '\r1,200 stored answers searched\u001b[K\r\u001b[K'],
  [true, true, ''],
  [false, false, ''],
])('on a terminal (%s) that is quiet (%s) the search shows %j', (isTerminal, isQuiet, text) => {
  const { context, stderr } = createWorld(isTerminal ? { typed: '' } : {});
  const scan = createScanProgress({ context, isQuiet } as Session);
  scan.update(1200);
  scan.done();
  expect(stderr.text).toBe(text);
});
