import { expect, test } from 'vitest';
import { describeCause, errorTable } from '../../../../src/web/pages/error-table.ts';
import { provenance } from '../../../../src/web/pages/provenance.ts';
import type { ExplainedObservation, Explanation } from '../../../../src/web/reads/explain-offer.ts';
import type { Remedy } from '../../../../src/web/web-deps.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readWords } from '../../../support/read-words.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 25, hour));
const explanation: Explanation = {
  offer: {
    ...{
      offerId: '601',
      subject: null,
      state: 'listed',
      category: null,
      sellerId: null,
      changedAt: at(1),
      callId: '11',
    },
    ...{
      runId: null,
      version: null,
      firstSeenAt: at(2),
      searchedAt: null,
      detailedAt: null,
      emptyDetailStreak: null,
    },
  },
  ...{ observations: [], prices: [], changes: [], rejects: [] },
};

test('an offer says since which call it is as it is, and when it was seen', () => {
  const words = readWords(provenance(explanation));
  expect(words).toContain(
    'As it is since call 11 , 2026-11-25 09:00 . First seen 2026-11-25 10:00 , in searches never , in detail never .',
  );
  expect(words).toMatch(
    /No field has changed since it was first seen\. 0 observations No observation is stored\.$/,
  );
  const { offer } = explanation;
  const seen = readWords(
    provenance({ ...explanation, offer: { ...offer, searchedAt: at(3), detailedAt: at(4) } }),
  );
  expect(seen).toContain('in searches 2026-11-25 11:00 , in detail 2026-11-25 12:00 .');
});

test('of many observations the newest are shown, and not said to be all', () => {
  const observation: ExplainedObservation = {
    ...{ observedAt: at(1), source: 'detail', isFound: true, isLate: false, minPriceCny: null, stock: null },
    ...{ callId: '11', runId: null, api: null, rawId: null, version: null },
  };
  const summaryOf = (count: number) => {
    const observations = Array.from({ length: count }, () => observation);
    const shown = provenance({ ...explanation, observations }).toString();
    return readWords(/<summary>[\s\S]*?<\/summary>/.exec(shown)?.[0] ?? '');
  };
  expect(summaryOf(199)).toBe('199 observations');
  expect(summaryOf(200)).toBe('The newest 200 observations');
});

test('observations, changes and what could not be read have what is known of each', () => {
  const observation: ExplainedObservation = {
    ...{
      observedAt: at(1),
      source: 'detail',
      isFound: true,
      isLate: false,
      minPriceCny: '9.5',
      stock: '1200',
    },
    ...{ callId: '11', runId: '7', api: 'x:a:1', rawId: '77', version: 1 },
  };
  const unknown = { isFound: false, minPriceCny: null, stock: null, runId: null, api: null, rawId: null };
  const shown = provenance({
    ...explanation,
    observations: [observation, { ...observation, ...unknown }],
    changes: [
      { field: 'unit', old: 'a', new: null, observedAt: at(1), callId: '11' },
      { field: 'state', old: null, new: 'b', observedAt: at(2), callId: '12' },
    ],
    rejects: [
      { path: 'p', reason: 'r', sample: 's', rawId: '77' },
      { path: 'q', reason: 'r', sample: null, rawId: '78' },
    ],
  }).toString();
  const cells = (caption: string) => readCells(shown, caption).map((row) => Object.values(row));
  expect(cells('Observations, newest first')).toEqual([
    ['2026-11-25 09:00', 'detail', 'yes', '¥9.50', '1,200', 'a', '11', '77', 'Run 7'],
    ['2026-11-25 09:00', 'detail', 'no', '–', '–', '–', '11', 'not kept', '–'],
  ]);
  expect(cells('Changes, newest first')).toEqual([
    ['2026-11-25 09:00', 'unit', 'a', '–', '11'],
    ['2026-11-25 10:00', 'state', '–', 'b', '12'],
  ]);
  expect(cells('Values of its answers that could not be read')).toEqual([
    ['p', 'r', 's', '77'],
    ['q', 'r', '–', '78'],
  ]);
  expect(readWords(shown)).toContain('2 observations');
  expect(provenance(explanation).toString()).not.toContain('could not be read');
});

const remedy = (text: string): Remedy => ({ origin: 'operator', recovery: 'halt', remedy: text });
const findRemedy = (code: string) =>
  code === 'KNOWN' || code === 'gw.known' ? remedy(`see \`${code}\``) : null;

test.each([
  ['KNOWN', 'gw.odd', 'KNOWN', 'halt', 'see <code>KNOWN</code>'],
  ['ODD', 'gw.known', 'ODD', 'retry', '1688 or the way to it: gw.known. The log has details.'],
  [null, 'gw.known', 'gw.known', 'halt', 'see <code>gw.known</code>'],
  [null, 'gw.odd', 'gw.odd', 'retry', '1688 or the way to it: gw.odd. The log has details.'],
  [null, null, 'not sent', 'retry', '1688 or the way to it: not sent. The log has details.'],
])('what failed by %s and %s is called %s', (code, gatewayCode, ...expected) => {
  const cause = describeCause({ code, gatewayCode, outcome: 'not_sent' }, { findRemedy });
  expect([cause.name, cause.recovery, String(cause.remedy)]).toEqual(expected);
});

test('calls that failed have a row for each cause', () => {
  const row = { code: 'KNOWN', outcome: 'gateway_error', gatewayCode: null, api: 'x:a:1' };
  const rows = [{ ...row, calls: 1200, lastAt: at(1), lastCallId: '11' }];
  const shown = errorTable({ caption: 'Failed', rows }, { findRemedy }).toString();
  expect(readCells(shown, 'Failed').map((cells) => Object.values(cells))).toEqual([
    ['KNOWN', 'a', '1,200', '2026-11-25 09:00 call 11', 'halt', 'see KNOWN'],
  ]);
  expect(shown).toContain('href="/calls/11"');
});
