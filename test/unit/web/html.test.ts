import { expect, test } from 'vitest';
import { html, type HtmlValue } from '../../../src/web/html.ts';
import { readMarkup } from '../../support/read-markup.ts';

test('every character that means something in HTML is escaped, in text and in an attribute', () => {
  const text = `&<>"'`;
  expect(String(html`<a title="${text}">${text}</a>`)).toBe(
    '<a title="&amp;&lt;&gt;&quot;&#39;">&amp;&lt;&gt;&quot;&#39;</a>',
  );
});

test('what is HTML already stays as it is, also in a list; null, undefined and false leave nothing', () => {
  const parts: HtmlValue = [html`<b>${'<'}</b>`, 'a&b', 7, null, undefined, false];
  expect(String(html`<p>${parts}</p>`)).toBe('<p><b>&lt;</b>a&amp;b7</p>');
});

test('characters that are not seen or turn a text around are replaced', () => {
  expect(String(html`${'a\u0000b\u202ec\u2066d\te\n'}`)).toBe('a\ufffdb\ufffdc\ufffdd\te\n');
});

test('the reader of pages takes what html makes', () => {
  const page = String(
    html`<!doctype html>
      <p class="a" hidden>1 &gt; ${'<'}<br /><a href="/x?a=1&amp;b">x</a></p>`,
  );
  expect(readMarkup(page).map(({ name, attributes }) => [name, ...attributes])).toEqual([
    ['p', ['class', 'a'], ['hidden', '']],
    ['br'],
    ['a', ['href', '/x?a=1&amp;b']],
  ]);
});

test.each([
  ['<p>a < b</p>', 'a sign in the text'],
  ['<p>a > b</p>', 'a sign in the text'],
  ['<p title=""&gt;&lt;b">a</p>', 'a quote in an attribute'],
  ["<p title='a'>a</p>", 'single quotes'],
  ['<p title=a>a</p>', 'no quotes'],
  ['<p title="a>b">a</p>', 'a sign in an attribute'],
  ['<!-- a -->', 'a comment'],
  ['<p', 'no end'],
])('the reader of pages refuses %s: %s', (page) => {
  expect(() => readMarkup(page)).toThrow('no markup of ours');
});
