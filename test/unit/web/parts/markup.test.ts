import { expect, test } from 'vitest';
import { actionForm } from '../../../../src/web/parts/action-form.ts';
import { badge, runBadge } from '../../../../src/web/parts/badge.ts';
import { layout } from '../../../../src/web/parts/layout.ts';
import { prose } from '../../../../src/web/parts/prose.ts';
import { number, table, text } from '../../../../src/web/parts/table.ts';
import { html } from '../../../../src/web/html.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readAttribute, readWords } from '../../../support/read-words.ts';

test('a table has its rows under its caption, numbers marked, and says what it is without rows', () => {
  const columns = [text('Name'), number('Calls')];
  const shown = table({
    caption: 'Calls',
    columns,
    rows: [
      ['a', '1'],
      ['b', '2'],
    ],
    empty: 'see `x`',
  });
  expect(readCells(shown.toString(), 'Calls')).toEqual([
    { Name: 'a', Calls: '1' },
    { Name: 'b', Calls: '2' },
  ]);
  expect(readAttribute(shown, 'class')).toEqual(['scroll', '', 'number', '', 'number', '', 'number']);
  const wider = table({ caption: 'Calls', columns, rows: [['a', '1', 'no column']] });
  expect(readWords(wider)).toBe('Calls Name Calls a 1 no column');
  const none = table({ caption: 'Calls', columns, rows: [], empty: 'see `x`' });
  expect(String(none)).toBe('<p class="empty">see <code>x</code></p>');
  expect(String(table({ caption: 'Calls', columns, rows: [] }))).toBe('');
});

test('what is between backticks is code, and nothing else', () => {
  expect(String(prose('`a` and `b`, c'))).toBe('<code>a</code> and <code>b</code>, c');
});

test('a button says what it is of where it stands among others, and how grave it is', () => {
  const form = { path: '/x', csrf: 'c', label: 'Retry' };
  const plain = String(actionForm(form));
  expect(plain).not.toContain('aria-label');
  expect(plain).toContain('class=""');
  const one = actionForm({ ...form, of: 'offer 7', weight: 'quiet', fields: html`<b>field</b>` });
  expect(readAttribute(one, 'aria-label')).toEqual(['Retry: offer 7']);
  expect(readAttribute(one, 'class')).toEqual(['action', 'quiet']);
  expect(String(one)).toContain('<b>field</b>');
});

test('a state has a word and a tone, and one that is not known is calm by its own name', () => {
  const endOf = (status: string, cause: string | null) =>
    String(runBadge({ status, cause })).replace(/<.*?>/g, '');
  expect([
    endOf('partial_quota', 'quota'),
    endOf('partial_quota', 'deadline'),
    endOf('partial_quota', 'budget'),
    endOf('partial_error', 'deadline'),
    endOf('succeeded', null),
  ]).toEqual([
    'stopped at quota',
    'stopped at deadline',
    'stopped at budget',
    'done with errors',
    'succeeded',
  ]);
  expect(['partial_error', 'skip', 'delisted', 'odd'].map((state) => String(badge(state)))).toEqual([
    '<span class="badge warn">done with errors</span>',
    '<span class="badge calm">not checked</span>',
    '<span class="badge warn">delisted</span>',
    '<span class="badge calm">odd</span>',
  ]);
});

const page = { title: 'T', section: '/runs', body: 'B' };

test('a page has a banner of what was fetched, its place in the menu, and a way out only where there is a way in', () => {
  const shown = (source: 'sandbox' | 'live' | 'unknown' | null, csrf: string | null = null) =>
    layout({ source, csrf }, page);
  expect(shown('sandbox')).toContain('<strong>SANDBOX</strong>');
  expect(shown('live')).toContain('<strong>LIVE</strong>');
  expect(shown(null)).toContain('<strong>EMPTY</strong>');
  expect(shown('unknown')).not.toContain('class="banner');
  expect(shown('live').match(/href="[^"]*" aria-current="page"/g)).toEqual([
    'href="/runs" aria-current="page"',
  ]);
  expect(shown('live')).not.toContain('Log out');
  expect(shown('live', 'secret')).toMatch(/name="csrf" value="secret"[\s\S]*Log out/);
  expect(layout(null, page)).not.toContain('<header');
});

test('a page of work in progress loads what keeps it current, and no other does', () => {
  expect(layout(null, page)).not.toMatch(/<script|<noscript/);
  expect(layout(null, { ...page, isLive: true })).toMatch(/http-equiv="refresh" content="5"[\s\S]*live\.js/);
});
