import { expect, test } from 'vitest';
import { readYields } from '../../../src/load/answer-yield.ts';
import { createLoadCounters, type LoadCounters } from '../../../src/load/load-counters.ts';
import {
  categories,
  found,
  node,
  provenance,
  searchPage,
  searchRow,
  unusable,
} from '../../support/answers.ts';

const none = { offersNew: 0, offersCompleted: 0, offersChanged: 0, pricesChanged: 0, stockChanged: 0 };

const counters = (changes: Partial<LoadCounters> = {}): LoadCounters => ({
  ...createLoadCounters(),
  ...changes,
});

const page = (minutes: number, ...ids: string[]) =>
  searchPage(
    '1',
    provenance(minutes),
    ids.map((id) => searchRow(id)),
  );

test('an offer is new, or completed, or changed, and never two of them', () => {
  const listed = counters({
    added: new Set(['1']),
    completed: new Set(['1', '2']),
    changed: new Set(['1', '2', '3']),
    pricesClosed: new Map([
      ['1', 2],
      ['3', 5],
      ['9', 11],
    ]),
    stockMoved: new Set(['3', '9']),
  });
  expect(readYields([page(0, '1', '2', '3', '4')], { listed, fetched: counters() })).toEqual([
    { offersNew: 1, offersCompleted: 1, offersChanged: 1, pricesChanged: 7, stockChanged: 1 },
  ]);
});

test('an offer that several answers of a kind show is credited to the first', () => {
  const listed = counters({ added: new Set(['1', '2']) });
  const fetched = counters({ changed: new Set(['1']) });
  const answers = [
    page(0, '1', '1'),
    page(1, '1', '2'),
    found('1', provenance(2)),
    found('1', provenance(3)),
  ];
  expect(readYields(answers, { listed, fetched })).toEqual([
    { ...none, offersNew: 1 },
    { ...none, offersNew: 1 },
    { ...none, offersChanged: 1 },
    none,
  ]);
});

test('a detail says why it was asked for, and a page without rows showed nothing', () => {
  const fetched = counters({ prompts: new Map([['1', 'first']]) });
  const pages = { ...searchPage('1', provenance(2), []), record: null };
  const answers = [found('1', provenance(0)), unusable('2', provenance(1)), pages];
  expect(readYields(answers, { listed: counters(), fetched })).toEqual([
    { ...none, promptedBy: 'first' },
    none,
    none,
  ]);
});

test('answers of categories show no offers', () => {
  expect(
    readYields([categories('1', provenance(0), node('1'))], { listed: counters(), fetched: counters() }),
  ).toEqual([null]);
});
