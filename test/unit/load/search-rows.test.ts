import { describe, expect, test } from 'vitest';
import { observationKey, type OfferFreshness } from '../../../src/refresh/update/offer-freshness.ts';
import {
  listRows,
  toOfferRow,
  toPriceRows,
  toUnreadPriceRows,
  type RowObservation,
} from '../../../src/load/search-rows.ts';
import { minute, provenance, searchPage, searchRow } from '../../support/answers.ts';

const from = provenance(0);

const row = (changes: Parameters<typeof searchRow>[1] = {}): RowObservation => ({
  offerId: '1',
  row: searchRow('1', changes),
  provenance: from,
  key: observationKey(from),
});

test('an offer that a page lists twice is read once, as it is listed first', () => {
  const page = searchPage('1', from, [
    searchRow('1', { subject: 'a' }),
    searchRow('1', { subject: 'b' }),
    searchRow('2'),
  ]);
  const unreadable = { ...page, record: null };
  expect(listRows([page, unreadable]).map(({ offerId, row: { subject } }) => [offerId, subject])).toEqual([
    ['1', 'a'],
    ['2', '杯子 搜索'],
  ]);
});

describe('a row lists an offer', () => {
  const freshness = (changes: Partial<OfferFreshness>) => {
    const known: Partial<OfferFreshness> = {
      summary: null,
      found: null,
      absent: null,
      emptyDetailStreak: 0,
      ...changes,
    };
    return new Map([['1', known as OfferFreshness]]);
  };
  const pass = { at: minute(5), callId: '6' };

  test.each<[string, Partial<OfferFreshness>, string]>([
    ['that nothing speaks against', {}, 'listed'],
    ['not after one empty detail', { emptyDetailStreak: 1 }, 'missing'],
    [
      'not before a complete pass without it',
      { absent: pass, summary: { at: minute(4), callId: '5' } },
      'missing',
    ],
    [
      'from the beginning of such a pass on',
      { absent: pass, summary: { at: minute(5), callId: '6' } },
      'listed',
    ],
    ['that a detail found since', { absent: pass, found: { at: minute(5), callId: '6' } }, 'listed'],
  ])('%s', (_, known, state) => {
    expect(toOfferRow(row(), freshness(known))).toMatchObject({ offer_id: '1', state });
  });

  test('that is not known', () => {
    expect(toOfferRow(row(), new Map())).toMatchObject({ state: 'listed' });
  });
});

describe('prices of a row', () => {
  const mixed = {
    priceCny: '9.9',
    furtherPrices: [
      { kind: 'search_consign', amountCny: '8' },
      { kind: 'search_promotion', amountCny: null },
    ],
  } as const;

  test('are of the offer as a whole, from one unit on, as far as they can be read', () => {
    expect(toPriceRows(row(mixed))).toEqual([
      { offer_id: '1', sku_id: '0', kind: 'search', min_quantity: 1, amount_cny: '9.9' },
      { offer_id: '1', sku_id: '0', kind: 'search_consign', min_quantity: 1, amount_cny: '8' },
    ]);
    expect(toPriceRows(row({ priceCny: null }))).toEqual([]);
  });

  test.each([
    ['only further ones', mixed, ['search_promotion']],
    ['its own', { ...mixed, priceCny: null, isPriceUnread: true }, ['search', 'search_promotion']],
    ['none: a price that it does not show', { priceCny: null }, []],
  ])('that nobody can read: %s', (_, changes, kinds) => {
    expect(toUnreadPriceRows(row(changes))).toEqual(
      kinds.map((kind) => ({ offer_id: '1', sku_id: '0', kind, min_quantity: 1 })),
    );
  });
});
