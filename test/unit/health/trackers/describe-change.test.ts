import { expect, it } from 'vitest';
import { describeChange, describeTime, offerUrl } from '../../../../src/health/trackers/describe-change.ts';
import { toChangeItem } from '../../../../src/health/trackers/to-change-item.ts';
import type { TrackedChange } from '../../../../src/model/tracker.ts';
import { noon } from '../../../support/health-facts.ts';
import { trackedChange as change } from '../../../support/notification-items.ts';

it.each<[Partial<TrackedChange>, string]>([
  [{}, 'price fell from ¥12 to ¥9.5, -20.8 %'],
  [{ condition: 'price_up', old: '8', new: '10' }, 'price rose from ¥8 to ¥10, +25.0 %'],
  [{ condition: 'price_up', old: '8', new: '8' }, 'price rose from ¥8 to ¥8, 0.0 %'],
  [{ condition: 'price_up', old: '0', new: '10' }, 'price rose from ¥0 to ¥10'],
  [{ minQuantity: null }, 'price fell from ¥12 to ¥9.5, -20.8 %'],
  [{ minQuantity: 2 }, 'price from 2 units on fell from ¥12 to ¥9.5, -20.8 %'],
  [{ skuId: '7', skuLabel: 'red' }, 'price of red fell from ¥12 to ¥9.5, -20.8 %'],
  [{ skuId: '7', minQuantity: 50 }, 'price of SKU 7 from 50 units on fell from ¥12 to ¥9.5, -20.8 %'],
  [{ skuId: null, minQuantity: 50 }, 'price fell from ¥12 to ¥9.5, -20.8 %'],
  [{ condition: 'price_below', minQuantity: 50 }, 'lowest price fell from ¥12 to ¥9.5, -20.8 %'],
  [{ condition: 'out_of_stock', old: '3', new: '0' }, 'out of stock, had 3'],
  [{ condition: 'back_in_stock', old: '0', new: '4' }, 'back in stock with 4'],
  [{ condition: 'delisted', old: 'listed', new: 'gone' }, 'no longer on sale (gone)'],
  [{ condition: 'relisted', old: 'gone', new: 'listed' }, 'on sale again, was gone'],
])('%j is told as "%s"', (parts, said) => {
  expect(describeChange(change(parts))).toBe(said);
});

it('a change lies between two observations', () => {
  expect(describeTime(change())).toBe('between 2026-11-25 11:00 and 2026-11-25 12:00');
  expect(offerUrl('610')).toBe('https://detail.1688.com/offer/610.html');
});

it('a change is an item that has happened, with an id of its own', () => {
  const item = toChangeItem(change());
  expect(item).toEqual({
    ...{ id: item.id, key: 'tracker:cups:610:price_down', phase: 'happened', severity: 'note', remedy: '' },
    summary:
      "`cups`: offer 610 A 'cup': price fell from ¥12 to ¥9.5, -20.8 %, between 2026-11-25 11:00 and 2026-11-25 12:00. https://detail.1688.com/offer/610.html",
    ...{ path: '/products/610', since: noon, issueId: null, cause: null, runId: null, code: null },
    change: change(),
  });
  expect(item.id).toMatch(/^[0-9a-f]{32}$/);
  expect(toChangeItem(change()).id).toBe(item.id);
  expect(toChangeItem(change({ changeId: '6' })).id).not.toBe(item.id);
  expect(toChangeItem(change({ subject: null })).summary).toMatch(/^`cups`: offer 610 : price fell/);
});
