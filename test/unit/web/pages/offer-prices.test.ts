import { expect, test } from 'vitest';
import { historyTable, priceTable } from '../../../../src/web/pages/offer-prices.ts';
import type { ExplainedPrice } from '../../../../src/web/reads/explain-offer.ts';
import { priceRow } from '../../../support/page-rows.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readWords } from '../../../support/read-words.ts';

const november = (day: number) => new Date(Date.UTC(2026, 10, day));
const holding = (...prices: readonly ExplainedPrice[]) =>
  readCells(priceTable(prices).toString(), 'Prices that hold').map((row) => Object.values(row));

test('prices that hold have a row for each SKU and kind, in the order in which people ask for them', () => {
  const rows = holding(
    priceRow('3', { kind: 'unheard' }),
    priceRow('4', { kind: 'search' }),
    priceRow('9', { skuId: '10', label: 'red' }),
    priceRow('8', { skuId: '9' }),
    priceRow('7', { skuId: '9', minQuantity: 1000, validFrom: november(9) }),
    priceRow('6', { validTo: november(3) }),
    priceRow('5', { kind: 'plus' }),
  );
  expect(rows).toEqual([
    ['the offer', 'unheard unheard', '¥3 1+', '2026-11-01 08:00'],
    ['9', 'list list', '¥8 1+ ¥7 1,000+', '2026-11-09 08:00'],
    ['red', 'list list', '¥9 1+', '2026-11-01 08:00'],
    ['the offer', 'members of PLUS plus', '¥5 1+', '2026-11-01 08:00'],
    ['the offer', 'in searches search', '¥4 1+', '2026-11-01 08:00'],
  ]);
  expect(readWords(priceTable([priceRow('6', { validTo: november(3) })]))).toBe('No price holds.');
});

test('a price of one unit is assumed only where it is the retail price that holds, below a range of its own', () => {
  const isAssumed = (...prices: readonly ExplainedPrice[]) =>
    readWords(priceTable(prices)).includes('assumed');
  const range = priceRow('5', { skuId: '7', minQuantity: 2 });
  const one = priceRow('6', { skuId: '7' });
  const retail = priceRow('6', { kind: 'retail' });
  expect(isAssumed(one, range, retail)).toBe(true);
  expect(isAssumed(one, range, { ...retail, skuId: '7' })).toBe(true);
  expect(isAssumed(one, range, { ...retail, skuId: '8' })).toBe(false);
  expect(isAssumed(one, range, { ...retail, amountCny: '6.5' })).toBe(false);
  expect(isAssumed(one, range, { ...retail, kind: 'plus' })).toBe(false);
  expect(isAssumed(one, range, { ...retail, validTo: november(2) })).toBe(false);
  expect(isAssumed(one, retail)).toBe(false);
  expect(isAssumed({ ...one, kind: 'plus' }, { ...range, kind: 'plus' }, retail)).toBe(false);
  expect(isAssumed({ ...one, minQuantity: 3 }, range, retail)).toBe(false);
});

test('of many prices that have ended the newest are listed, and where the others are is said', () => {
  const ended = (count: number) =>
    readWords(
      historyTable(
        Array.from({ length: count }, (_, i) =>
          priceRow(String(i + 1), { validTo: new Date(november(3).getTime() + i) }),
        ),
      )?.toString() ?? '',
    );
  expect(ended(200)).toMatch(/^200 earlier prices /);
  expect(ended(200)).not.toContain('The newest');
  expect(ended(201)).toMatch(/^201 earlier prices /);
  expect(ended(201)).toContain('The newest 200; catalog.price_history has all.');
});

test('prices that have ended are listed by their end, the newest first', () => {
  expect(historyTable([priceRow('5')])).toBeNull();
  const ended = [
    priceRow('5', { validTo: november(3) }),
    priceRow('6'),
    priceRow('7', { validTo: november(9), minQuantity: 2000, skuId: '4' }),
  ];
  const shown = historyTable(ended)?.toString() ?? '';
  expect(readWords(shown)).toMatch(/^2 earlier prices /);
  expect(readCells(shown, 'Prices that have ended').map((row) => Object.values(row))).toEqual([
    ['4', 'list list', '2,000', '¥7', '2026-11-01 08:00', '2026-11-09 08:00'],
    ['the offer', 'list list', '1', '¥5', '2026-11-01 08:00', '2026-11-03 08:00'],
  ]);
});

test('of many prices that have ended, the two hundred newest are shown, and all are counted', () => {
  const ended = Array.from({ length: 201 }, (_, n) =>
    priceRow(String(n + 1), { validTo: new Date(n * 1000) }),
  );
  const shown = historyTable(ended)?.toString() ?? '';
  const rows = readCells(shown, 'Prices that have ended');
  expect([rows.length, rows[0]?.['Yuan a unit'], rows.at(-1)?.['Yuan a unit']]).toEqual([200, '¥201', '¥2']);
  expect(shown).toContain('201 earlier prices');
});
