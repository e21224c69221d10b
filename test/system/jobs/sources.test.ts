import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SyncConfig } from '../../../src/model/sync-config.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

const crossborder = 'com.alibaba.fenxiao.crossborder';
const uploadApi = `${crossborder}:product.image.upload:1`;
const imageApi = `${crossborder}:product.search.imageQuery:1`;
const sellerApi = `${crossborder}:product.search.querySellerOfferList:1`;
const translationApi = `${crossborder}:category.translation.getById:1`;
const categoryApi = 'com.alibaba.product:alibaba.category.get:1';
const backend = 'postgres';

/** A sync file at full speed, with these lines below `feeds:` and whatever follows. */
function syncOf(rest: string): SyncConfig {
  return parseSyncFile(`account: business\nquotas: { per_second: 1000 }\nfeeds:\n${rest}`, 'test');
}

/** Enough of a JPEG for 1688 to take it, different for each `text`. */
function jpegOf(text: string): Buffer {
  return Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.from(text)]);
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-sync-images-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface WorldOffer {
  readonly id: string;
  readonly sellerId: string | null;
}

async function listOffers(stack: TestStack): Promise<WorldOffer[]> {
  const answer = await fetch(`${stack.sandbox.controlUrl}/truth?categories=0`);
  return ((await answer.json()) as { offers: WorldOffer[] }).offers;
}

async function firstSeller(stack: TestStack): Promise<string> {
  const seller = (await listOffers(stack)).find(({ sellerId }) => sellerId !== null)?.sellerId;
  if (!seller) throw new Error('the sandbox has no offer with a seller');
  return seller;
}

describe('a feed of sellers', () => {
  it('pulls exactly their shops', () =>
    withTestStack({ backend }, async (stack) => {
      const seller = await firstSeller(stack);
      const sync = syncOf(`  - { name: shop, sellers: ['${seller}'] }`);
      const shop = await stack.openProcess({ sync });
      const run = await shop.run({ feedNames: ['shop'] });
      expect(run).toMatchObject({ status: 'succeeded', cause: null });
      await expectTruth(stack, `sellers=${seller}`);
      const { min_calls, byApi } = await readStats(stack, `sellers=${seller}`);
      expect(run.callsUsed).toBe(min_calls.total);
      expect(byApi[sellerApi]).toBe(min_calls.pages);
      expect(await stack.query('SELECT operation, path FROM sync.drift')).toEqual([]);
      expect(shop.logs).toEqual([]);
    }));

  it('waits for no grant of other searches', () =>
    withTestStack(
      { backend, sandbox: { declinedApis: [`${crossborder}:product.search.keywordQuery:1`] } },
      async (stack) => {
        const seller = await firstSeller(stack);
        const sync = syncOf(
          `  - { name: shop, sellers: ['${seller}'] }\n  - { name: words, keywords: [手机] }`,
        );
        const both = await stack.openProcess({ sync });
        const run = await both.run({ feedNames: ['shop', 'words'] });
        expect(run).toMatchObject({ status: 'partial_error', cause: 'gw.APIACLDecline' });
        await expectTruth(stack, `sellers=${seller}`);
      },
    ));
});

describe('a feed of pictures', () => {
  it('hands each file over once, and searches by urls as they are', () =>
    withTestStack({ backend }, (stack) =>
      withFolder(async (folder) => {
        const file = join(folder, 'bag.jpg');
        await writeFile(file, jpegOf('a bag'));
        await writeFile(join(folder, 'copy.jpg'), jpegOf('a bag'));
        const url = 'https://cbu01.alicdn.com/img/ibank/O1CN01aaaaaa.jpg';
        const sync = syncOf(`  - { name: looks, images: ['bag.jpg', '${folder}/copy.jpg', '${url}'] }`);
        const observations = await stack.openProcess({ sync, projectDir: folder });
        const run = await observations.run({ feedNames: ['looks'] });
        expect(run).toMatchObject({ status: 'succeeded', cause: null });
        const uploads = await stack.query<{ image_id: string }>('SELECT image_id FROM sync.image_upload');
        expect(uploads).toHaveLength(1);
        const feeds = `images=${String(uploads[0]?.image_id)},${encodeURIComponent(url)}`;
        await expectTruth(stack, feeds);
        await expectOneRowPerArrival(stack);
        expect(await countPaidTwice(stack)).toBe(0);
        const { byApi, min_calls } = await readStats(stack, feeds);
        expect(byApi[uploadApi]).toBe(1);
        expect(run.callsUsed).toBe(min_calls.total);
        expect(await stack.query('SELECT operation, path FROM sync.drift')).toEqual([]);

        await stack.advance(86_400_000);
        expect(await observations.run({ feedNames: ['looks'] })).toMatchObject({ status: 'succeeded' });
        expect((await readStats(stack)).byApi[uploadApi]).toBe(1);
        expect(observations.logs).toEqual([]);
      }),
    ));

  it('gives a picture up that 1688 refuses, is too large, or is not there, and goes on with the others', () =>
    withTestStack({ backend }, (stack) =>
      withFolder(async (folder) => {
        await writeFile(join(folder, 'text.jpg'), 'no picture');
        await writeFile(join(folder, 'cut.jpg'), jpegOf(''));
        await writeFile(join(folder, 'large.jpg'), Buffer.concat([jpegOf('x'), Buffer.alloc(300 * 1024)]));
        await writeFile(join(folder, 'good.jpg'), jpegOf('good'));
        const names = ['text', 'cut', 'large', 'absent', 'good'].map((name) => `'${name}.jpg'`);
        const sync = syncOf(`  - { name: looks, images: [${names.join()}] }`);
        const observations = await stack.openProcess({ sync, projectDir: folder });
        const run = await observations.run({ feedNames: ['looks'] });
        expect(run).toMatchObject({ status: 'partial_error', cause: 'targets_failed' });
        const refusals = observations.logs.filter(({ msg }) => msg === 'target given up for today');
        const codes = refusals.map((line) => (line['err'] as { code: string }).code).sort();
        expect(codes).toEqual([
          'IMAGE_FILE_NOT_PICTURE',
          'IMAGE_FILE_TOO_LARGE',
          'IMAGE_FILE_UNREADABLE',
          'IMAGE_REFUSED',
        ]);
        expect(run.counts.errors).toBe(4);
        const { byApi } = await readStats(stack);
        expect(byApi[uploadApi]).toBe(2);
        expect(byApi[imageApi]).toBeGreaterThan(0);

        await stack.advance(86_400_000);
        await observations.run({ feedNames: ['looks'] });
        // What was refused once is not handed over again.
        expect((await readStats(stack)).byApi[uploadApi]).toBe(2);
      }),
    ));

  it('without a grant for uploads still searches by urls, after one refusal', () =>
    withTestStack({ backend, sandbox: { declinedApis: [uploadApi] } }, (stack) =>
      withFolder(async (folder) => {
        await writeFile(join(folder, 'bag.jpg'), jpegOf('bag'));
        const url = 'https://cbu01.alicdn.com/img/ibank/O1CN01bbbbbb.jpg';
        const sync = syncOf(`  - { name: looks, images: ['${folder}/bag.jpg', '${url}'] }`);
        const observations = await stack.openProcess({ sync, projectDir: folder });
        const run = await observations.run({ feedNames: ['looks'] });
        expect(run).toMatchObject({ status: 'partial_error', cause: 'targets_failed' });
        await expectTruth(stack, `images=${encodeURIComponent(url)}`);
        const { calls } = await readStats(stack);
        expect(calls.filter(({ api }) => api === uploadApi)).toHaveLength(1);
      }),
    ));
});

describe.each([true, false])('categories by category.translation.getById, flat: %s', (flatCategories) => {
  it('are the whole tree, with names in the language of the file', () =>
    withTestStack({ backend, sandbox: { flatCategories } }, async (stack) => {
      const sync = syncOf(
        `  - { name: all, categories: ['0'] }\napis: { category.children: category.translation.getById }`,
      );
      const tree = await stack.openProcess({ sync });
      expect(await tree.run({ feedNames: ['all'] })).toMatchObject({ status: 'succeeded' });
      await expectTruth(stack);
      const { byApi, min_calls } = await readStats(stack);
      expect(byApi[translationApi]).toBe(min_calls.nodes);
      expect(byApi[categoryApi] ?? 0).toBe(0);
      const untranslated = await stack.query(
        'SELECT category_id FROM catalog.category WHERE category_id <> 0 AND name_translated IS NULL',
      );
      expect(untranslated).toEqual([]);
      expect(await stack.query('SELECT operation, path FROM sync.drift')).toEqual([]);
    }));
});
