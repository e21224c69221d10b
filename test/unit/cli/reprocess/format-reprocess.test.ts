import { expect, it } from 'vitest';
import {
  conclusionOf,
  formatReprocess,
  type ReprocessReport,
} from '../../../../src/cli/reprocess/format-reprocess.ts';
import { noCounts, type ReprocessCounts } from '../../../../src/model/reprocess.ts';
import { textRows } from '../../../support/text-rows.ts';

const nothing: ReprocessReport = {
  ...{ isApplied: false, counts: noCounts, examples: [], oldestKept: null, lost: 0 },
};
const found = (counts: Partial<ReprocessCounts>, others: Partial<ReprocessReport> = {}): ReprocessReport => ({
  ...{ ...nothing, counts: { ...noCounts, ...counts } },
  ...others,
});

it('a difference has a row for each kind of change', () => {
  const counts: ReprocessCounts = {
    ...{ answers: 1001, unreadable: 1002, offersChanged: 1003, categoriesChanged: 1004 },
    ...{ sellersChanged: 1005, pricesAdded: 1006, pricesRemoved: 1007, pricesChanged: 1008 },
    ...{ observationsChanged: 1009, quarantineResolved: 1010, quarantineAdded: 1011, offersPartial: 0 },
  };
  expect(textRows(formatReprocess(found(counts)))).toEqual([
    ['would be reprocessed'],
    ['answers read again', '1,001'],
    ['answers that can not be read', '1,002'],
    ['offers changed', '1,003'],
    ['categories changed', '1,004'],
    ['sellers changed', '1,005'],
    ['price intervals added', '1,006'],
    ['price intervals removed', '1,007'],
    ['price intervals changed', '1,008'],
    ['observations with other numbers', '1,009'],
    ['rows of quarantine resolved', '1,010'],
    ['rows of quarantine added', '1,011'],
  ]);
});

it('of what did not change only answers and offers are named', () => {
  const text = formatReprocess({ ...nothing, isApplied: true });
  expect(textRows(text)).toEqual([['reprocessed'], ['answers read again', '0'], ['offers changed', '0']]);
  expect(text).not.toContain('\n\n');
});

it('examples have what was and is', () => {
  const examples = [
    { id: '7', what: 'subject', was: 'a', is: 'b' },
    { id: '8', what: 'list price from 2', was: null, is: null },
  ];
  expect(textRows(formatReprocess({ ...nothing, examples }).split('\n\n')[1])).toEqual([
    ['offer', 'what', 'was', 'is'],
    ['7', 'subject', 'a', 'b'],
    ['8', 'list price from 2', '(none)', '(none)'],
  ]);
});

it('answers that are no longer stored are said with their effect', () => {
  const last = (report: ReprocessReport) => formatReprocess(report).split('\n\n').slice(1);
  const oldestKept = new Date('2026-11-01T02:03:04Z');
  const lost = 'Answers that are no longer stored: 1,234';
  const partial = 'Offers whose older answers and prices are unchanged: 2,345.';
  expect(last({ ...nothing, oldestKept })).toEqual([]);
  expect(last({ ...nothing, lost: 1234 })).toEqual([`${lost}. Their data is unchanged.`]);
  expect(last(found({ offersPartial: 2345 }, { lost: 1234, oldestKept }))).toEqual([
    `${lost}; the oldest stored answer is of 2026-11-01 10:03:04 (Shanghai). Their data is unchanged.\n${partial}`,
  ]);
  expect(last(found({ offersPartial: 2345 }))).toEqual([partial]);
});

it.each([
  [{}, false, /^This version reads all answers in the same way/],
  [{ answers: 5, unreadable: 1, offersPartial: 2 }, true, /^This version reads all answers in the same way/],
  [{ quarantineAdded: 1 }, true, /^Done\.$/],
  [{ answers: 5, pricesAdded: 1 }, false, /^Nothing was changed\. The same command with --yes/],
])('after %j, applied %s, it says what to do next', (counts, isApplied, said) => {
  expect(conclusionOf(found(counts, { isApplied }))).toMatch(said);
});
