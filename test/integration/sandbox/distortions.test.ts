import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  fetchCategory,
  fetchDetail,
  search,
  searchAll,
  type Page,
} from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ offers: 1000, categories: 60 });
});
afterEach(() => sandbox.setFaults([]));
afterAll(() => sandbox.close());

const root = { categoryId: 10_100 };
const idsOf = ({ data }: Page) => data.map((row) => row.offerId);

it('not_ready asks to be asked again, and then answers', async () => {
  sandbox.setFaults([{ kind: 'not_ready', count: 1 }]);
  const params = { access_token: sandbox.accessToken, categoryId: '0', language: 'en' };
  const ask = async () => (await callApi(sandbox, apis.translatedCategory, params)).body;
  expect(await ask()).toMatchObject({ result: { success: false, code: '500_2' } });
  expect(await ask()).toMatchObject({ result: { success: true } });
});

it('vanish empties details and leaves search alone', async () => {
  sandbox.setFaults([{ kind: 'vanish' }]);
  const page = await search(sandbox, root);
  expect(page.data).toHaveLength(50);
  const { body } = await fetchDetail(sandbox, String(page.data[0]?.offerId));
  expect(body).toMatchObject({ result: { success: true, result: null } });
});

it('repeat_page answers every page with the first', async () => {
  const first = await search(sandbox, root);
  sandbox.setFaults([{ kind: 'repeat_page' }]);
  expect(await search(sandbox, { ...root, beginPage: 3 })).toEqual(first);
});

it('slip loses the first row of a page, duplicate has it twice, and totals stay', async () => {
  const page = await search(sandbox, root);
  sandbox.setFaults([{ kind: 'slip' }]);
  const slipped = await search(sandbox, root);
  sandbox.setFaults([{ kind: 'duplicate' }]);
  const doubled = await search(sandbox, root);
  expect(idsOf(slipped)).toEqual(idsOf(page).slice(1));
  expect(idsOf(doubled)).toEqual([...idsOf(page).slice(0, 1), ...idsOf(page)]);
  expect([slipped.totalRecords, doubled.totalRecords]).toEqual([page.totalRecords, page.totalRecords]);
});

it('empty finds nothing, and calls it a success', async () => {
  sandbox.setFaults([{ kind: 'empty', count: 1 }]);
  expect(await search(sandbox, root)).toEqual({
    totalRecords: 0,
    totalPage: 0,
    pageSize: 50,
    currentPage: 1,
    data: [],
  });
  expect((await search(sandbox, root)).data).toHaveLength(50);
});

it('halved knows of the first half of the records, on all pages', async () => {
  const whole = (await searchAll(sandbox, root)).flatMap(idsOf);
  sandbox.setFaults([{ kind: 'halved' }]);
  const pages = await searchAll(sandbox, root);
  const half = Math.ceil(whole.length / 2);
  expect(pages.flatMap(idsOf)).toEqual(whole.slice(0, half));
  expect(pages[0]).toMatchObject({ totalRecords: half, totalPage: Math.ceil(half / 50) });
  expect((await search(sandbox, { ...root, beginPage: 1 + Math.ceil(whole.length / 50) })).data).toEqual([]);
});

it('empties a share of the details, the same ones for the same seed', async () => {
  const { data } = await search(sandbox, root);
  sandbox.setFaults([{ kind: 'vanish', rate: 0.5 }]);
  const answers = await Promise.all(data.map(({ offerId }) => fetchDetail(sandbox, String(offerId))));
  const empty = answers.filter(({ body }) => {
    return (body as { result: { result: unknown } }).result.result === null;
  });
  expect(empty.length).toBeGreaterThan(10);
  expect(empty.length).toBeLessThan(40);
});

it('off_by_one counts a record too many', async () => {
  const page = await search(sandbox, root);
  sandbox.setFaults([{ kind: 'off_by_one' }]);
  expect(await search(sandbox, root)).toEqual({ ...page, totalRecords: page.totalRecords + 1 });
});

/** The text of every value at a key, wherever it is. */
function textsAt(body: unknown, key: RegExp): string[] {
  const found: string[] = [];
  JSON.stringify(body, (name, value: unknown) => {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (isPlain && key.test(name)) found.push(JSON.stringify(value));
    return value;
  });
  return found;
}

it('mixed_forms writes each kind of value in every form', async () => {
  sandbox.setFaults([{ kind: 'mixed_forms' }]);
  const pages = await Promise.all([1, 2, 3].map((beginPage) => search(sandbox, { ...root, beginPage })));
  const rows = pages.flatMap((page) => page.data);
  const details = await Promise.all(
    rows.slice(0, 20).map(async ({ offerId }) => (await fetchDetail(sandbox, String(offerId))).body),
  );
  const forms: readonly (readonly [RegExp, readonly RegExp[]])[] = [
    [/[pP]rice$/, [/^[\d.]+$/, /^"\d+\.\d\d"$/, /^"\d+"$/, /^"\d+\.\d"$/]],
    [/Percent$|^repurchaseRate$/, [/%"$/, /^"0\.\d{4}"$/, /^"\d\d\.\d\d"$/]],
    [/^is[A-Z]/, [/^(true|false)$/, /^"(true|false)"$/]],
    [/^offerId$|CategoryId$/, [/^\d+$/, /^"\d+"$/]],
    [
      /^(create|modify)Date$/,
      [
        /^"[\d-]+ [\d:]+"$/,
        /^"[\d-]{10}"$/,
        /^"\d{17}\+0800"$/,
        /^"\d{14}\+0800"$/,
        /^\d{12,13}$/,
        /^"\d{12,13}"$/,
      ],
    ],
    [/^imageUrl$|^whiteImage$/, [/^"https:/, /^"http:/, /^"\/\//, /^"img\/ibank\//]],
    [/^traceInfo$/, [/@/, /%40/]],
  ];
  for (const [key, expected] of forms) {
    const texts = textsAt([rows, details], key);
    for (const form of expected)
      expect(
        texts.filter((text) => form.test(text)).length,
        `${String(key)} ${String(form)}`,
      ).toBeGreaterThan(0);
  }
});

it('hostile_titles puts each attack before some title, the same in search and detail', async () => {
  const calm = new Map((await search(sandbox, root)).data.map((row) => [row.offerId, row.subject]));
  sandbox.setFaults([{ kind: 'hostile_titles' }]);
  const { data } = await search(sandbox, root);
  const prefixes = new Set(data.map((row) => row.subject.replace(calm.get(row.offerId) ?? 'none', '')));
  expect([...prefixes].toSorted()).toEqual([
    '\u0000',
    '\u001b[31m\u001b]0;owned\u0007',
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '=HYPERLINK("http://example.com","x")',
    '\u202e',
    '\ud83d',
  ]);
  const [row] = data;
  const { text, body } = await fetchDetail(sandbox, String(row?.offerId));
  expect((body as { result: { result: { subject: string } } }).result.result.subject).toBe(row?.subject);
  expect(text.isWellFormed()).toBe(true);
});

it('absurd_prices leaves no list price that is one', async () => {
  sandbox.setFaults([{ kind: 'absurd_prices' }]);
  const { data } = await search(sandbox, root);
  const prices = textsAt(data, /^price$/);
  expect(prices.length).toBeGreaterThan(20);
  expect(prices.filter((text) => /^"?\d{1,9}(\.\d+)?"?$/.test(text))).toEqual([]);
});

it('category_cycle names a parent among its children, and a root itself', async () => {
  const [child] = (await fetchCategory(sandbox, '10100')).childCategorys.filter(({ isLeaf }) => !isLeaf);
  const calm = await fetchCategory(sandbox, String(child?.id));
  sandbox.setFaults([{ kind: 'category_cycle' }]);
  const childIds = async (id: string) =>
    (await fetchCategory(sandbox, id)).childCategorys.map((node) => node.id);
  expect(await childIds(String(child?.id))).toEqual([...calm.childCategorys.map((node) => node.id), 10_100]);
  expect((await childIds('10100')).at(-1)).toBe(10_100);
});

it('a fault of another kind of answer changes nothing', async () => {
  const calm = await fetchCategory(sandbox, '0');
  for (const kind of [
    'vanish',
    'repeat_page',
    'slip',
    'empty',
    'halved',
    'off_by_one',
    'hostile_titles',
    'category_cycle',
  ] as const) {
    sandbox.setFaults([{ kind }]);
    expect(await fetchCategory(sandbox, '0')).toEqual(calm);
  }
});
