import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { findChromium, launchChromium } from '../../support/chromium.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

const chromium = findChromium();

const paths = [
  '/',
  '/runs',
  '/workers',
  '/trackers',
  '/usage',
  '/usage?by=day',
  '/usage?by=month',
  '/products',
  '/problems',
  '/queues',
  '/api-status',
];
const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, colorScheme: 'light' };
const phone: BrowserContextOptions = { viewport: { width: 390, height: 800 }, colorScheme: 'dark' };

/** The regions of a page whose content is wider than they are: on a phone, what is beside the screen is not noticed. */
const listWideRegions = `[...document.querySelectorAll('main *')]
  .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1)
  .map((one) => 'scrolls sideways: ' + (one.getAttribute('aria-label') ?? one.tagName + '.' + one.className))`;

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly target: readonly string[] }[];
  }[];
}

/** Gathers requests that leave, and what the console says. */
function watch(page: Page, url: string): string[] {
  const faults: string[] = [];
  const { host } = new URL(url);
  page.on('request', (request) => {
    if (new URL(request.url()).host !== host) faults.push(`asks ${request.url()}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`says ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`throws ${error.message}`));
  return faults;
}

/** What is wrong with a page, also what keeps people from using it. */
async function faultsOf(page: Page, url: string): Promise<string[]> {
  const faults = watch(page, url);
  await page.goto(url);
  // Pages take no inline script, and a test is no exception to that: only its isolated world may evaluate.
  const { violations } = await page.evaluate<AxeResult>(
    `${axe.source}; axe.run(document, { resultTypes: ['violations'] })`,
  );
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  faults.push(...serious.map(({ id, nodes }) => `axe ${id}: ${nodes[0]?.target.join(' ') ?? ''}`));
  const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  if (width > 0) faults.push(`is ${String(width)} pixels too wide`);
  const isPhone = (page.viewportSize()?.width ?? 0) < 640;
  if (isPhone) faults.push(...(await page.evaluate<string[]>(listWideRegions)));
  return faults;
}

describe.skipIf(chromium === null)('in a browser', () => {
  let browser: Browser;
  let stack: TestStack;
  let world: WebWorld;
  let empty: TestDatabase;
  let emptyWorld: WebWorld;
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
    stack = await openTestStack({
      backend: 'postgres',
      sandbox: { faults: [{ kind: 'absurd_prices', count: 9 }] },
    });
    await stack.run();
    await stack.advance(86_400_000);
    await stack.run();
    world = await openWebWorld({ database: stack.database, env: stack.env });
    empty = await createTestDatabase();
    emptyWorld = await openWebWorld({ database: empty });
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
    await emptyWorld.close();
    await stack.close();
    await empty.drop();
  });

  async function withPage<T>(options: BrowserContextOptions, work: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext(options);
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  }

  async function walk(at: WebWorld, walked: readonly string[], options: BrowserContextOptions) {
    const found = await withPage(options, async (page) => {
      const all: Record<string, string[]> = {};
      for (const path of walked) {
        const faults = await faultsOf(page, at.origin + path);
        page.removeAllListeners();
        if (faults.length > 0) all[path] = faults;
      }
      return all;
    });
    expect(found).toEqual({});
  }

  test('every page of a catalog is fine, on a desk and on a phone', async () => {
    const [offer] = await stack.query<{ id: string }>(
      `SELECT offer_id::text AS id FROM catalog.price_history GROUP BY offer_id ORDER BY count(*) DESC LIMIT 1`,
    );
    const all = [
      ...paths,
      '/runs/1',
      '/runs/2',
      '/calls/1',
      '/calls/2/answer',
      `/products/${offer?.id ?? ''}`,
      '/products?q=手机',
      '/nothing',
    ];
    await stack.query(
      `INSERT INTO usage.api_hold (api, code, held_at) VALUES ('x:y:1', 'GATEWAY_NO_GRANT', now()), ('*', 'HELD_BY_HAND', now())`,
    );
    await walk(world, all.slice(0, -1), desktop);
    await walk(world, all.slice(0, -1), phone);
    await stack.query('DELETE FROM usage.api_hold');
  });

  test('on a phone a row is a card: its action is in sight, and its values have names', async () => {
    await stack.query(
      `INSERT INTO usage.api_hold (api, code, held_at) VALUES ('x:y:1', 'GATEWAY_NO_GRANT', now())`,
    );
    await withPage(phone, async (page) => {
      await page.goto(`${world.origin}/problems`);
      const resume = page.getByRole('button', { name: 'Resume' });
      const box = await resume.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
      const names = await page.evaluate<string[]>(
        `[...document.querySelector('#holds tbody tr').cells].map((cell) => getComputedStyle(cell, '::before').content)`,
      );
      expect(names).toEqual(
        ['API', 'Code', 'Since', 'Until', 'Why, and what to do', 'Act'].map((name) => `"${name}"`),
      );
    });
    await stack.query('DELETE FROM usage.api_hold');
  });

  test('on a desktop the head of a long table stays in sight', async () => {
    await withPage({ viewport: { width: 1280, height: 300 } }, async (page) => {
      await page.goto(`${world.origin}/usage?by=day`);
      const distances = await page.evaluate<number[]>(`[...document.querySelectorAll('.scroll')]
        .filter((region) => region.scrollHeight > region.clientHeight + 100)
        .map((region) => {
          region.scrollTop = region.scrollHeight;
          return region.querySelector('th').getBoundingClientRect().top - region.getBoundingClientRect().top;
        })`);
      expect(distances.length).toBeGreaterThan(0);
      for (const distance of distances) expect(Math.abs(distance)).toBeLessThan(3);
    });
  });

  test('the board of the queues is there, and makes no requests to other hosts', async () => {
    await withPage(desktop, async (page) => {
      const faults = watch(page, world.origin);
      await page.goto(`${world.origin}/queues/board`);
      await page.getByRole('link', { name: 'category' }).first().waitFor();
      expect(faults).toEqual([]);
    });
  });

  test('every page is fine before anything was synced', async () => {
    await walk(emptyWorld, paths, phone);
  });

  test('the pages are whole without JavaScript', async () => {
    await withPage({ ...phone, javaScriptEnabled: false }, async (page) => {
      await page.goto(`${world.origin}/products`);
      await page.getByLabel('From ¥').fill('5');
      await page.getByRole('button', { name: 'Search' }).click();
      expect(page.url()).toContain('min=5');
      await page.locator('.product a.title').first().click();
      expect(await page.getByRole('heading', { name: 'Prices' }).isVisible()).toBe(true);
      expect(await page.locator('svg.plot').first().isVisible()).toBe(true);
    });
  });

  test('an API is held and resumed by keyboard', async () => {
    await withPage(desktop, async (page) => {
      await page.goto(`${world.origin}/problems`);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
      await page.getByLabel('Why (optional)').fill('a sale');
      await page.getByRole('button', { name: 'Hold' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('status').waitFor();
      expect(await page.getByRole('status').textContent()).toContain('The API is held');
      await page.getByRole('button', { name: 'Resume' }).press('Enter');
      await page.getByText('No API is held.').waitFor();
      expect(await stack.query('SELECT FROM usage.api_hold')).toEqual([]);
    });
  });

  test('the page of a run follows it to its end', async () => {
    await stack.advance(86_400_000);
    const setPace = (callLimit: number) =>
      stack.app.quota.setLimit({ appKey: stack.sandbox.appKey, api: '*', period: 'second', callLimit });
    // So that the run is seen while it is active.
    await setPace(4);
    await withPage(desktop, async (page) => {
      const running = stack.sync({ trigger: 'live' });
      await until(async () => (await stack.app.runs.listActive()).length > 0, { what: 'the run begins' });
      await page.goto(`${world.origin}/runs/3`);
      const calls = page.locator('[data-live] dd').first();
      const count = async () => Number((await calls.textContent())?.replace(/\D.*$/, ''));
      const before = await count();
      await until(async () => (await count()) > before, { what: 'the page shows more calls by itself' });
      expect(await faultsOfLive(page)).toEqual([]);
      await setPace(40);
      await running;
      await page.locator('.figure .badge', { hasText: 'succeeded' }).waitFor();
      expect(await page.locator('[data-live]').count()).toBe(0);
    });
  });

  async function faultsOfLive(page: Page): Promise<string[]> {
    const { violations } = await page.evaluate<AxeResult>(`${axe.source}; axe.run(document)`);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id }) => id);
  }
});
