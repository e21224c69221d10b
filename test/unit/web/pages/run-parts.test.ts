import { expect, test } from 'vitest';
import type { RunForecast } from '../../../../src/model/run.ts';
import { changesByOffer } from '../../../../src/web/pages/run-changes.ts';
import { foundSection } from '../../../../src/web/pages/run-found.ts';
import { boundsTable, planTable } from '../../../../src/web/pages/run-plan.ts';
import { runProgress } from '../../../../src/web/pages/run-progress.ts';
import { promisedAgesSection } from '../../../../src/web/pages/run-promised-ages.ts';
import { plannedCalls, runTable } from '../../../../src/web/pages/run-table.ts';
import type { RunCalls, RunRow, SeenChange } from '../../../../src/web/reads/run-pages.ts';
import { runRow } from '../../../support/page-rows.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readAttribute, readFacts, readWords } from '../../../support/read-words.ts';

const now = new Date('2026-11-25T08:20:00Z');
const forecast: RunForecast = {
  calls: { 'offer.detail': 1000.4, 'search.keyword': 200.2 },
  ...{ newOffers: 40, changedOffers: 0.4, seconds: 300 },
};

const cells = (shown: { toString(): string } | null, caption: string) =>
  readCells(String(shown), caption).map((row) => Object.values(row));

test('the progress of a run has each of its figures', () => {
  const run = runRow({
    ...{ callsUsed: 1500, budgetCalls: 2000, forecast, cause: 'quota', status: 'partial_quota' },
    ...{
      offersNew: 1000,
      offersCompleted: 900,
      offersChanged: 200,
      offersUnchanged: 30,
      pricesOpened: 11,
      pricesClosed: 12,
    },
    ...{ rejects: 13, errors: 14, postponed: 15 },
  });
  const shown = runProgress(run, now);
  expect(readFacts(shown)).toEqual({
    ...{ calls: '1,500 of 2,000', planned: '1,201', time: '10 min', 'calls a second': '2.5' },
    ...{
      'offers found or fetched': '1,230',
      'new offers': '1,000',
      'completed offers': '900',
      'changed offers': '200',
    },
    ...{ 'prices opened': '11', 'prices closed': '12', 'values quarantined': '13' },
    ...{ 'targets given up': '14', 'targets postponed': '15' },
  });
  expect(readAttribute(shown, 'data-say')).toEqual(['1,500 calls, 1,230 offers found or fetched']);
  expect(shown.toString()).toContain('class="fill" width="75"');
  expect(readWords(shown)).toMatch(/^stopped at quota quota calls/);
});

test('a run that has no bound, has not begun or is under way says so', () => {
  const open = runProgress(runRow({ callsUsed: 600, endedAt: null, isDriven: true }), now);
  expect(readFacts(open)).toMatchObject({
    calls: '600',
    planned: '–',
    time: '20 min',
    'calls a second': '0.5',
  });
  expect(open.toString()).not.toMatch(/class="meter|No process works|<code>/);
  const waiting = runProgress(runRow({ callsUsed: 6, startedAt: null, endedAt: null }), now);
  expect(readFacts(waiting)).toMatchObject({ time: '0 s', 'calls a second': '0.0' });
  expect(readWords(waiting)).toMatch(/^No process works on this run\./);
  expect(readWords(runProgress(runRow(), now))).not.toContain('No process works');
  const later = runProgress(runRow({ postponed: 3, nextTryAt: now }), now);
  expect(readFacts(later)['targets postponed']).toBe('3, the first until 2026-11-25 16:20');
});

test('a run is a row with its time, its bound and what was planned', () => {
  const table = (run: Partial<RunRow>) => cells(runTable([runRow(run)], now), 'Runs, newest first')[0];
  const figures = { offersNew: 2000, offersChanged: 3000, errors: 4000 };
  expect(table({ ...figures, callsUsed: 1500, forecast })).toEqual([
    'Run 7',
    'succeeded',
    'all',
    'cli',
    '2026-11-25 16:00',
    '10 min',
    '1,500',
    '1,201',
    '2,000',
    '3,000',
    '4,000',
  ]);
  expect(
    table({ callsUsed: 1500, budgetCalls: 2000, endedAt: null, status: 'running' })?.slice(4, 8),
  ).toEqual(['2026-11-25 16:00', '20 min', '1,500 of 2,000', '–']);
  expect(table({ startedAt: null, endedAt: null })?.slice(4, 6)).toEqual(['2026-11-25 15:59', '–']);
  expect(plannedCalls({ forecast: { ...forecast, isGuess: true } })).toBe('at most 1,201');
  expect(readWords(runTable([], now))).toMatch(/^No run yet\./);
});

const call = (operation: string, outcome: string, calls: number): RunCalls => ({
  ...{ api: 'a', operation, lane: 'refresh', outcome, gatewayCode: null, calls, averageMs: null },
  ...{ lastAt: now, lastCallId: '1' },
});

test('a plan is held against what was done, without what was given back', () => {
  const run = runRow({ callsUsed: 600, forecast, offersNew: 10, offersChanged: 5 });
  const calls = [
    call('offer.detail', 'ok', 400),
    call('offer.detail', 'gateway_error', 100),
    call('offer.detail', 'refunded', 7),
    call('category.children', 'ok', 3),
  ];
  const shown = planTable(run, calls, now);
  expect(Object.fromEntries(cells(shown, 'Plan and actual').map(([of, ...rest]) => [of, rest]))).toEqual({
    calls: ['1,201', '600', '50 %'],
    'category.children': ['0', '3', ''],
    'search.keyword': ['200', '0', '0 %'],
    'offer.detail': ['1,000', '500', '50 %'],
    time: ['5 min', '10 min', '200 %'],
    'new offers': ['40', '10', '25 %'],
    'changed offers': ['0', '5', ''],
  });
  expect(readWords(shown)).toContain('Of Planned Actual Share');
  expect(readWords(shown)).not.toMatch(/No forecast|for the most/);
  const half = planTable({ ...run, forecast: { ...forecast, changedOffers: 0.5 } }, calls, now);
  expect(cells(half, 'Plan and actual').at(-1)).toEqual(['changed offers', '1', '5', '1000 %']);
});

test('without a forecast there is nothing to hold against, and a guess is called what it is', () => {
  const none = planTable(runRow({ callsUsed: 4 }), [], now);
  expect(cells(none, 'Plan and actual')[0]).toEqual(['calls', '–', '4', '']);
  expect(readWords(none)).toMatch(/No forecast could be made for this run\.$/);
  const guess = readWords(planTable(runRow({ forecast: { ...forecast, isGuess: true } }), [], now));
  expect(guess).toContain('Of At most Actual');
  expect(guess).toMatch(/so it was planned for the most\.$/);
});

test('the bounds of a run stand beside what became of them', () => {
  const bounds = (changes: Partial<RunRow>) =>
    cells(boundsTable(runRow(changes), now), 'What it was asked for').map((row) => row.slice(1));
  const deadlineAt = new Date('2026-11-25T09:00:00Z');
  expect(bounds({ callsUsed: 1500, budgetCalls: 2000, feeds: ['a', 'b'], deadlineAt })).toEqual([
    ['at most 2,000', '1,500 (75 %)'],
    ['a, b', 'all'],
    ['asked for 2026-11-25 15:59', 'after 30 s'],
    ['by 2026-11-25 17:00', '2026-11-25 16:10'],
  ]);
  expect(bounds({ callsUsed: 1500, endedAt: null })).toEqual([
    ['as many as the quota gives', '1,500'],
    ['bags', 'all'],
    ['asked for 2026-11-25 15:59', 'after 30 s'],
    ['when nothing is due', 'active for 20 min'],
  ]);
  const waiting = bounds({ startedAt: null, endedAt: null });
  expect([waiting[2]?.[1], waiting[3]?.[1]]).toEqual(['not yet', 'active for 0 s']);
});

const found = (source: string, calls: number, changes: number) => ({
  ...{ source, calls, changes, pricesChanged: 0, stockChanged: 0 },
});

test('what the calls of a run found is held against the days up to it, by what they were made for', () => {
  const own = [found('search', 200, 3), found('detail_first', 1000, 120), found('odd', 0, 0)];
  const days = [
    { day: '2026-11-24', ...found('search', 100, 10) },
    { day: '2026-11-24', ...found('detail_first', 50, 0) },
    { day: '2026-11-25', ...found('search', 1000, 12) },
  ];
  const shown = foundSection(own, days);
  expect(cells(shown, 'What its calls found, by what they were made for')).toEqual([
    ['search pages', '200', '3', '1.5', '', '2.0'],
    ['details: the first of an offer', '1,000', '120', '12.0', '', '0.0'],
    ['odd', '0', '0', '–', '', '–'],
  ]);
  expect(
    String(shown)
      .match(/class="fill" width="[^"]*"/g)
      ?.map((text) => text.slice(13)),
  ).toEqual(['width="12.5"', 'width="100"', 'width="0"']);
  const titles = [...String(shown).matchAll(/<title>([^<]*)/g)].map(([, title]) => title);
  expect(titles).toEqual([
    '2026-11-24: 10 by 100 calls for search pages (10.0 for 100), 0 by 50 calls for details: the first of an offer (0.0 for 100)',
    '2026-11-25: 12 by 1,000 calls for search pages (1.2 for 100)',
  ]);
  // A source without a change has no colour.
  expect(String(shown)).toContain('highest: 12<');
  expect(readAttribute(String(shown), 'class').filter((name) => name.startsWith('swatch'))).toHaveLength(1);
  expect(readWords(String(shown))).toContain('2026-11-24 2026-11-25 A change is');
});

test('a run without calls found nothing, and one day is no comparison', () => {
  expect(foundSection([], [])).toBeNull();
  const one = foundSection([found('search', 0, 0)], [{ day: '2026-11-25', ...found('search', 1, 1) }]);
  expect(String(one)).not.toContain('class="chart"');
});

test('the ages that feeds reached stand beside those that were promised', () => {
  expect(promisedAgesSection([])).toBeNull();
  const ages = { p95Hours: 30.25, highestHours: 48, shareInTime: 0.97, lateNow: 1200, offers: 34_000 };
  const none = { p95Hours: null, highestHours: null, shareInTime: null, lateNow: 1, offers: 1 };
  const shown = promisedAgesSection([
    { feed: 'bags', maxAgeHours: 24, ...ages },
    { feed: 'new', maxAgeHours: 6, ...none },
  ]);
  expect(cells(shown, 'Ages of details that max_age promises, over the last 7 days')).toEqual([
    ['bags', '24.0 h', '97 %', '30.3 h', '48.0 h', '1,200 of 34,000'],
    ['new', '6.0 h', '–', '–', '–', '1 of 1'],
  ]);
});

test('changes are grouped by offer, long values are cut, and what is left out is counted', () => {
  const change = (offerId: string, field: string, old: string | null, is: string | null): SeenChange => ({
    ...{ offerId, subject: offerId === '1' ? 'one' : null, field, old, new: is, observedAt: now },
  });
  const changes = [
    change('1', 'unit', null, 'x'.repeat(80)),
    change('2', 'state', 'a', 'b'),
    change('1', 'state', 'y'.repeat(81), null),
  ];
  const shown = changesByOffer('7', { changes, offers: 2 });
  expect(cells(shown, 'Fields that changed, by offer, newest first')).toEqual([
    ['one', `unit : – → ${'x'.repeat(80)} state : ${'y'.repeat(80)}… → –`],
    ['Offer 2', 'state : a → b'],
  ]);
  expect(String(shown)).not.toContain('changes=all');
  expect(readWords(changesByOffer('7', { changes, offers: 1003 }))).toMatch(/2 of 1,003 offers\. All$/);
});
