import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  control,
  fetchDetail,
  search,
  searchAll,
  type Page,
  type Reply,
} from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ offers: 1000, categories: 60 });
});
afterAll(() => sandbox.close());

interface Truth {
  readonly offers: readonly { id: string; sellerId: string | null; isListed: boolean }[];
}

interface Least {
  readonly min_calls: { total: number; nodes: number; uploads: number; pages: number; offers: number };
}

const root = 10_100;
const idsOf = (pages: readonly Page[]) =>
  pages.flatMap((page) => page.data.map((row) => String(row.offerId)));
const token = () => ({ access_token: sandbox.accessToken });

/** Expects exactly the offers of a feed, and the calls that a pass without waste takes. */
async function expectReach(query: string, ids: readonly string[], calls: object) {
  const { offers } = await control<Truth>(sandbox, `truth?${query}`);
  expect(offers.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  const { min_calls: min } = await control<Least>(sandbox, `stats?${query}&calls=false`);
  expect(min).toMatchObject({ nodes: 0, uploads: 0, offers: ids.length, ...calls });
  expect(min.total).toBe(min.uploads + min.pages + min.offers);
}

describe('querySellerOfferList', () => {
  async function findSeller(): Promise<string> {
    const { offers } = await control<Truth>(sandbox, 'truth?all=true');
    return offers.find(({ isListed, sellerId }) => isListed && sellerId !== null)?.sellerId ?? '';
  }

  it('lists the offers of one shop, each once', async () => {
    const sellerOpenId = await findSeller();
    const ids = idsOf(await searchAll(sandbox, { sellerOpenId }, apis.sellerSearch));
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect((await fetchDetail(sandbox, id)).text).toContain(sellerOpenId);
    await expectReach(`sellers=${sellerOpenId}`, ids, { pages: 1 });
  });

  it('has shorter rows, and isSelect as text', async () => {
    const { data } = await search(sandbox, { sellerOpenId: await findSeller() }, apis.sellerSearch);
    const [row] = (await search(sandbox, { categoryId: root })).data;
    expect(data[0]).toMatchObject({ isSelect: expect.stringMatching(/^(true|false)$/) as string });
    expect(Object.keys(data[0] ?? {}).length).toBeLessThan(Object.keys(row ?? {}).length - 3);
    expect(data[0]).not.toHaveProperty('token');
  });

  it('is narrowed by a keyword', async () => {
    const sellerOpenId = await findSeller();
    const all = await search(sandbox, { sellerOpenId }, apis.sellerSearch);
    const keyword = all.data[0]?.subject.slice(0, 4) ?? '';
    const some = await search(sandbox, { sellerOpenId, keyword }, apis.sellerSearch);
    expect(some.data.length).toBeGreaterThan(0);
    expect(some.data.every((row) => row.subject.includes(keyword))).toBe(true);
  });

  it('is empty for a shop nobody knows, and wants one to be named', async () => {
    expect(await search(sandbox, { sellerOpenId: 'BBBnobody' }, apis.sellerSearch)).toMatchObject({
      totalRecords: 0,
      data: [],
    });
    await expect(search(sandbox, {}, apis.sellerSearch)).rejects.toThrow('sellerOpenId');
  });
});

const png = (size: number) =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(size - 8, 7)]).toString('base64');

async function upload(imageBase64: string): Promise<unknown> {
  const reply = await callApi(sandbox, apis.upload, {
    ...token(),
    uploadImageParam: JSON.stringify({ imageBase64 }),
  });
  return (reply.body as { result: { result: unknown } }).result.result;
}

describe('image.upload', () => {
  it('gives the same id, as text, for the same picture', async () => {
    const id = await upload(png(1000));
    expect(id).toMatch(/^\d{13}$/);
    expect(await upload(png(1000))).toBe(id);
    expect(await upload(png(1001))).not.toBe(id);
  });

  it('gives "0" for what is no picture, or too big for one', async () => {
    expect(await upload(Buffer.from('plain text').toString('base64'))).toBe('0');
    expect(await upload('%%%')).toBe('0');
    expect(await upload(png(300 * 1024))).not.toBe('0');
    expect(await upload(png(300 * 1024 + 1))).toBe('0');
  });
});

describe('imageQuery', () => {
  it('lists offers similar to an uploaded picture', async () => {
    const imageId = String(await upload(png(500)));
    const ids = idsOf(await searchAll(sandbox, { imageId }, apis.imageSearch));
    expect(ids.length).toBeGreaterThan(20);
    expect(new Set(ids).size).toBe(ids.length);
    await expectReach(`images=${imageId}`, ids, { uploads: 1, pages: Math.ceil(ids.length / 50) });
  });

  it('lists the offer first whose own picture it is', async () => {
    const { data } = await search(sandbox, { categoryId: root });
    const pictured = data.filter(({ imageUrl }) => imageUrl.includes('alicdn.com'));
    expect(pictured.length).toBeGreaterThan(10);
    for (const { offerId, imageUrl: imageAddress } of pictured.slice(0, 10)) {
      const pages = await searchAll(sandbox, { imageAddress }, apis.imageSearch);
      expect(pages[0]?.data[0]?.offerId).toBe(offerId);
      await expectReach(`images=${encodeURIComponent(imageAddress)}`, idsOf(pages), { pages: pages.length });
    }
  });

  it('says success in text, and more about each offer', async () => {
    const imageId = String(await upload(png(500)));
    const offerQueryParam = JSON.stringify({ imageId, beginPage: 1, pageSize: 3, country: 'en' });
    const { body } = await callApi(sandbox, apis.imageSearch, { ...token(), offerQueryParam });
    expect(body).toMatchObject({
      result: {
        success: 'true',
        result: {
          picRegionInfo: {},
          data: Array.from({ length: 3 }, () => ({
            companyName: expect.any(String) as string,
            offerDataInfo: {},
          })),
        },
      },
    });
  });

  it('takes no picture that was never uploaded or lies elsewhere', async () => {
    for (const param of [{ imageId: '1' }, { imageAddress: 'https://example.com/img/ibank/1_2.jpg' }]) {
      const offerQueryParam = JSON.stringify({ ...param, beginPage: 1, pageSize: 20, country: 'en' });
      const { body } = await callApi(sandbox, apis.imageSearch, { ...token(), offerQueryParam });
      expect(body).toMatchObject({ result: { success: false } });
    }
    await expect(search(sandbox, {}, apis.imageSearch)).rejects.toThrow('imageId');
  });

  it('is narrowed by a category', async () => {
    const { data } = await search(sandbox, { categoryId: root });
    const imageAddress = data.find(({ imageUrl }) => imageUrl.includes('alicdn.com'))?.imageUrl;
    const { secondCategoryId } = data[0] ?? {};
    const param = { imageAddress, categoryId: secondCategoryId };
    const some = await search(sandbox, param, apis.imageSearch);
    expect(some.data.length).toBeGreaterThan(0);
    expect(new Set(some.data.map((row) => row.secondCategoryId))).toEqual(new Set([secondCategoryId]));
  });
});

describe('cross.similar.offer.search', () => {
  const picUrl = 'https://cbu01.alicdn.com/img/ibank/5_6.jpg';

  interface Similar {
    readonly result: { total: number; pageSize: number; result: readonly Record<string, unknown>[] };
  }
  const ask = (params: Record<string, string>): Promise<Reply> =>
    callApi(sandbox, apis.similar, { ...token(), ...params });

  it('has about 75 offers on four pages of 20, whatever was asked for', async () => {
    const pages = await Promise.all(
      ['1', '2', '3', '4', '5'].map(
        async (page) => (await ask({ picUrl, page, pageSize: '50' })).body as Similar,
      ),
    );
    expect(pages.map(({ result }) => result.result.length)).toEqual([20, 20, 20, 15, 0]);
    expect(pages[0]).toMatchObject({ success: true, result: { total: 75, page: 1, pageSize: 20 } });
    const ids = pages.flatMap(({ result }) => result.result.map((row) => row['offerId']));
    expect(new Set(ids).size).toBe(75);
  });

  it('has rows of eleven keys, with the price in fen', async () => {
    const { result } = (await ask({ picUrl, page: '1' })).body as Similar;
    const keys =
      'offerId subject quantityBegin unit oldPrice imageUrl province city supplyAmount categoryId detailUrl';
    for (const row of result.result) expect(Object.keys(row)).toEqual(keys.split(' '));
    const row = result.result.find(({ oldPrice }) => oldPrice !== null) ?? {};
    const { offers, prices } = await control<{
      offers: readonly { id: string; subject: string }[];
      prices: readonly { offerId: string; kind: string; amount: string }[];
    }>(sandbox, 'truth?all=true');
    const id = String(row['offerId']);
    expect(offers.find((offer) => offer.id === id)?.subject).toBe(row['subject']);
    const price = prices.find(({ offerId, kind }) => offerId === id && kind === 'search');
    expect(row['oldPrice']).toBe(Math.round(Number(price?.amount) * 100));
  });

  it('refuses pictures on other hosts, and wants a picture and a page', async () => {
    expect((await ask({ picUrl: 'https://example.com/1_2.jpg', page: '1' })).body).toMatchObject({
      success: false,
      code: 'SYSTEM_ERROR',
      message: expect.stringContaining('handle image error') as string,
    });
    expect((await ask({ page: '1' })).body).toMatchObject({ error_code: 'gw.ParamMissing' });
    expect((await ask({ picUrl })).body).toMatchObject({ error_code: 'gw.ParamMissing' });
  });
});
