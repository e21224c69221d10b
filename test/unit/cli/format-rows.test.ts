import { expect, it } from 'vitest';
import { formatBatch, formatJsonLines } from '../../../src/cli/format-rows.ts';
import { formatHealth } from '../../../src/cli/format-health.ts';
import { formatSource } from '../../../src/cli/format-source.ts';
import { formatTracked } from '../../../src/cli/format-tracked.ts';
import type { HealthIssue } from '../../../src/model/health-issue.ts';
import type { ListedChange } from '../../../src/model/tracker.ts';
import { createWorld } from '../../support/in-process.ts';
import { textRows } from '../../support/text-rows.ts';

it.each([
  [16, 't', true],
  [16, 'f', false],
  [21, '7', 7],
  [23, '-7', -7],
  [700, '0.5', 0.5],
  [701, 'NaN', 'NaN'],
  [701, 'Infinity', 'Infinity'],
  [20, '9223372036854775807', '9223372036854775807'],
  [1700, '0.10', '0.10'],
  [114, '{"a":[1]}', { a: [1] }],
  [3802, '[1]', [1]],
  [25, '7', '7'],
  [25, null, null],
])('of type %i %s is %j', (typeId, text, value) => {
  const fields = [{ name: 'a', typeId, typeModifier: -1 }];
  expect(JSON.parse(formatJsonLines({ fields, rows: [[text]] }))).toEqual({ a: value });
});

it('columns of one name are refused, of which an object would keep the last', () => {
  const a = { name: 'a', typeId: 23, typeModifier: -1 };
  expect(() => formatJsonLines({ fields: [a, { ...a, name: 'b' }, a], rows: [] })).toThrow(
    'two columns are named a, which JSON does not allow: rename one with AS',
  );
});

it('rows are a line each, with numbers on the right', () => {
  const types = [25, 23, 21, 700, 701, 20, 1700, 16];
  const fields = types.map((typeId, index) => ({ name: `long${String(index)}`, typeId, typeModifier: -1 }));
  const rows = [types.map(String), types.map(() => null)];
  expect(formatJsonLines({ fields: fields.slice(0, 1), rows: [['a'], ['b']] })).toBe(
    '{"long0":"a"}\n{"long0":"b"}\n',
  );
  expect(formatBatch({ fields, rows }).split('\n')[2]).toBe(
    '25        23     21    700    701     20   1700  16',
  );
  expect(formatBatch({ fields, rows }).split('\n').slice(3)).toEqual(['', '']);
});

const issue: HealthIssue = {
  ...{ id: 'run', key: 'k', kind: 'state', severity: 'act', summary: 'It \u001b failed.', remedy: 'mend it' },
  ...{ path: '/', origin: 'operator', since: null, healsItself: false, healsAt: null },
  ...{ runId: null, code: null },
};

it('an issue has its severity beside what is wrong, why, and what to do', () => {
  const { context } = createWorld({ columns: 40 });
  expect(formatHealth([], context)).toBe('No health issue.');
  expect(formatHealth([issue, { ...issue, severity: 'note', remedy: '' }], context)).toBe(
    `health issues:
act   It ␛ failed.
      Cause: your settings, servers or
      permissions. It stays until a
      person acts.
      what to do: mend it
note  It ␛ failed.
      Cause: your settings, servers or
      permissions. It stays until a
      person acts.`,
  );
});

it('on a terminal a severity has its colour', () => {
  const { context } = createWorld();
  const issues = (['act', 'warn', 'note'] as const).map((severity) => ({ ...issue, severity }));
  const text = formatHealth(issues, { ...context, isTty: { ...context.isTty, stdout: true } });
  expect(text.match(/^\S+(?= )/gm)?.slice(1)).toEqual([
    '\u001b[31mact\u001b[39m',
    '\u001b[33mwarn\u001b[39m',
    'note',
  ]);
});

it('where the data is from is one line', () => {
  expect([null, 'sandbox' as const, 'live' as const].map(formatSource)).toEqual([
    ...['No sync yet', 'SANDBOX: using mock data', 'Live: fetching real data from 1688.com'],
  ]);
});

it('a change that was noticed has when it was sent, if it is', () => {
  const at = new Date('2026-11-25T01:02:03Z');
  const change = {
    ...{ tracker: 'cups', offerId: '7', subject: null, seenAt: at, notBefore: at, sentAt: null },
    ...{ event: 'delisted', skippedAt: null, was: null, is: null, kind: 'delisted' },
  } as unknown as ListedChange;
  const last = (changed: Partial<ListedChange>) =>
    textRows(formatTracked([{ ...change, ...changed }]).split('\n\n')[0])[1]?.at(-1);
  expect(formatTracked([change]).split('\n\n').slice(1)).toEqual(['Times are in Asia/Shanghai.']);
  expect(last({})).toBe('waits');
  expect(last({ skippedAt: at })).toBe('no');
  expect(last({ skippedAt: at, sentAt: at })).toBe('2026-11-25 09:02:03');
  expect(formatTracked([])).toMatch(/^No tracker has noticed a change/);
});
