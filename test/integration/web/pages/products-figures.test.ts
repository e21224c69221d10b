import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProductPages } from '../../../../src/web/reads/product-pages.ts';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readWords } from '../../../support/read-words.ts';
import { openWebWorld } from '../../../support/web-world.ts';

/* The page of products, against offers of which each has something that the others have not. */

let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00', { imageSource: { kind: 'remote' } });
  await world.execute(
    `INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, is_leaf, is_retired, first_seen_at, call_id)
     VALUES (2, NULL, 1, '2', '玩具', true, false, now(), 1), (1, NULL, 1, '1', '箱包', false, false, now(), 1),
            (11, 1, 2, '1/11', NULL, false, false, now(), 1), (111, 11, 3, '1/11/111', '小', true, false, now(), 1),
            (3, NULL, 1, '3', '旧', true, true, now(), 1)`,
  );
  await world.execute(
    `INSERT INTO catalog.seller (seller_id, company_name, changed_at, call_id) VALUES ('a&b', '厂', now(), 1), ('s', NULL, now(), 1)`,
  );
  await world.execute(
    `INSERT INTO catalog.offer (offer_id, category_id, seller_id, state, subject, subject_translated, unit, min_order_quantity, main_image_url,
       changed_at, call_id)
     VALUES (1, 111, 'a&b', 'listed', '杯子', 'cup', '个', 1200, 'https://cbu01.alicdn.com/1.jpg', now(), 1),
            (2, 2, 's', 'gone', '背包', '背包', NULL, 2, NULL, now(), 1),
            (3, NULL, NULL, 'listed', NULL, NULL, NULL, NULL, NULL, now(), 1)`,
  );
  await world.execute(
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (1, 0, 'list', 1, 12.5, now(), 1), (1, 0, 'list', 100, 10, now(), 1), (1, 0, 'search', 1, 99, now(), 1), (2, 0, 'search', 1, 5, now(), 1),
            (2, 0, 'consign', 1, 1, now(), 1)`,
  );
});
afterAll(() => world.close());

const cardsOf = (page: string) =>
  [...page.matchAll(/<li class="card product">([\s\S]*?)<\/li>/g)].map(([, card = '']) => readWords(card));
const cards = async (query = '') => cardsOf(await world.get(`/products${query}`));

test('an offer has its title, its price, what it is sold from and its seller', async () => {
  expect(await cards()).toEqual([
    'no picture Offer 3 no price known seller not known yet',
    'no picture 背包 ¥5 from 2 gone seller',
    '杯子 cup ¥10 – ¥12.50 from 1,200 个 厂',
  ]);
  const page = await world.get('/products');
  expect(page).toContain('href="/products?seller=a%26b"');
  expect(page).toMatch(/<img\s+src="https:\/\/cbu01\.alicdn\.com\/1\.jpg"/);
});

test('a filter is read from the address, and shown in the form', async () => {
  const query = `q=%20%07${'x'.repeat(101)}&seller=%09&category=111&min=%201.5%20&max=99999999.1234&below=7`;
  const page = await world.get(`/products?${query}`);
  expect(page).toContain(`name="q" value="${'x'.repeat(100)}"`);
  expect(page).toContain('name="seller" value=""');
  expect(page).toContain('name="min" value="1.5"');
  expect(page).toContain('name="max" value="99999999.1234"');
  expect(page).toMatch(/<option value="111" selected>111<\/option>/);
  expect(readWords(page)).toContain('No offer matches. Show all');
  expect(page).toContain(
    `href="/products?q=${'x'.repeat(100)}&amp;category=111&amp;min=1.5&amp;max=99999999.1234">First page`,
  );
  const odd = await world.get('/products?min=1.&max=999999999&category=x&below=x');
  expect(odd).toContain('name="min" value=""');
  expect(odd).toContain('name="max" value=""');
  expect(odd).not.toContain('First page');
  expect(cardsOf(odd)).toHaveLength(3);
  expect(await world.get('/products?max=1.12345')).toContain('name="max" value=""');
});

test('categories to choose from are two levels in the order of the tree, without retired ones', async () => {
  const page = await world.get('/products?category=11');
  const options = [...page.matchAll(/<option value="([^"]*)"\s*(selected)?\s*>\s*([^<]*?)\s*<\/option>/g)];
  expect(options.map(([, value, isChosen, name]) => [value, isChosen, name])).toEqual([
    ['', undefined, 'all'],
    ['1', undefined, '箱包'],
    ['11', 'selected', '11'],
    ['2', undefined, '玩具'],
  ]);
  expect(page).toMatch(/>\s*\u200311\s*</);
  expect(page).not.toMatch(/\u2003箱包/);
  const rows = await createProductPages(world.ledger.db.pool).listCategories(2);
  expect(rows).toEqual([
    { categoryId: '1', name: '箱包', level: 1 },
    { categoryId: '11', name: '11', level: 2 },
  ]);
});

test('each filter finds what it says', async () => {
  const found = async (query: string) =>
    (await cards(query)).map((card) => /背包|杯子|Offer 3/.exec(card)?.[0]);
  expect(await found('?category=1')).toEqual(['杯子']);
  expect(await found('?category=11')).toEqual(['杯子']);
  expect(await found('?seller=a%26b')).toEqual(['杯子']);
  expect(await found('?q=CUP')).toEqual(['杯子']);
  expect(await found('?min=5&max=5')).toEqual(['背包']);
  expect(await found('?max=12')).toEqual(['背包', '杯子']);
  expect(await found('?min=12.5')).toEqual(['杯子']);
  expect(await found('?min=13')).toEqual([]);
  expect(await found('?below=3')).toEqual(['背包', '杯子']);
});

test('a page has two dozen offers, and leads to the next one with its filter', async () => {
  await world.execute(
    `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id)
     SELECT n, 'listed', 'many', now(), 1 FROM generate_series(101, 124) n`,
  );
  const whole = await world.get('/products?q=many');
  expect(cardsOf(whole)).toHaveLength(24);
  expect(whole).not.toContain('>More<');
  await world.execute(
    `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id) VALUES (125, 'listed', 'many', now(), 1)`,
  );
  const first = await world.get('/products?q=many');
  expect(cardsOf(first)).toHaveLength(24);
  expect(first).toContain('href="/products?q=many&amp;below=102">More');
  const second = await world.get('/products?q=many&below=102');
  expect(cardsOf(second)).toHaveLength(1);
  expect(second).toContain('href="/products?q=many">First page');
});

test('a title has the word that was asked for, and not only its pairs of characters', async () => {
  await world.execute(
    `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id) VALUES (126, 'listed', 'yxy', now(), 1), (127, 'listed', 'xyx ab', now(), 1)`,
  );
  expect((await cards('?q=xyx')).map((card) => card.slice(0, 17))).toEqual(['no picture xyx ab']);
  expect(await cards('?q=ab%20xyx')).toHaveLength(1);
  expect(await cards('?q=ab%20yxy')).toHaveLength(0);
});

test('a catalog without offers says how they come in', async () => {
  await world.execute('TRUNCATE catalog.offer CASCADE');
  expect(await world.get('/products')).toContain('No offers yet.');
  expect(await world.get('/products?min=1')).toContain('No offer matches.');
});

test('a search that takes too long says what to do', async () => {
  const { ledger, web } = world;
  const products = createProductPages(ledger.db.pool, 100);
  const slow = await openWebWorld({
    database: ledger.db,
    deps: { stores: { ...web.deps.stores, products } },
  });
  const holder = await ledger.db.pool.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE catalog.offer');
    expect(await slow.get('/products')).toContain('This search reads too many offers.');
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
    await slow.close();
  }
});
