import { describe, expect, test } from 'vitest';
import { driftPage } from '../../../../src/sandbox/answers/drift.ts';
import { imageAt, imageUrl, offerIndexOf } from '../../../../src/sandbox/answers/images.ts';
import { drawImage } from '../../../../src/sandbox/answers/product-image.ts';
import { answerSimilarOffers } from '../../../../src/sandbox/answers/similar-offers.ts';
import { answerUpload } from '../../../../src/sandbox/answers/upload.ts';
import { Refusal } from '../../../../src/sandbox/gateway-answer.ts';
import { dayMs } from '../../../../src/core/duration.ts';
import { anything } from '../../../../src/sandbox/world/search.ts';
import { createWorld } from '../../../../src/sandbox/world/world.ts';
import { draftOffer, WrittenDraw } from '../../../support/drafted-offer.ts';

const missing = (name: string) => new Refusal('gw.ParamMissing', `Required argument ${name}`);

describe('the url of a picture', () => {
  // 0.5 of 2^32 in base 36, and picture 3 of offer 5.
  const modern = 'img/ibank/O1CN01zik0zk_!!2200000005003-0-cib.jpg';
  const units = { 'image-c': 0.5, 'image-b': 0.123456789 };

  test.each([
    [0, `https://cbu01.alicdn.com/${modern}`],
    [0.2, `https://cbu01.alicdn.com/${modern}_800x800.jpg`],
    [0.4, 'https://cbu01.alicdn.com/img/ibank/2020/3/789/5003_123456789.jpg'],
    [0.6, `https://global-img-cdn.1688.com/${modern}`],
    [0.8, '//cbu01.alicdn.com/img/ibank/5003_123456789.jpg'],
  ])('has form %d of five, from which the offer is known', (form, url) => {
    expect(imageUrl(draftOffer({ ...units, 'image-form': form }), 3)).toBe(url);
    expect(offerIndexOf(url)).toBe(5);
  });

  test('is in a bucket where 1688 has translated it', () => {
    const bucket = `https://cbu-translated.oss-cn-hangzhou.aliyuncs.com/${modern}`;
    const nature = { bucketImages: 0.2 };
    expect(imageUrl(draftOffer({ ...units, 'in-bucket 3': 0.19 }, { nature }), 3)).toBe(bucket);
    expect(imageUrl(draftOffer({ ...units, 'in-bucket 3': 0.2, 'image-form': 0 }, { nature }), 3)).not.toBe(
      bucket,
    );
  });

  test.each([
    ['https://cbu01.alicdn.com/img/ibank/5003_1.jpg', 5],
    ['//cbu01.alicdn.com/img/ibank/999_1.jpg', 0],
    ['http://alicdn.com/img/ibank/1000_1.jpg', 1],
    ['https://img.alicdn.com/x.jpg', null],
  ])('%s can be searched with', (url, offerIndex) => expect(imageAt(url)).toEqual({ key: url, offerIndex }));

  test.each([
    'https://global-img-cdn.1688.com/x.jpg',
    'https://notalicdn.com/x.jpg',
    'ftp://alicdn.com/x.jpg',
    'https://alicdn.com',
  ])('%s can not', (url) => expect(imageAt(url)).toBeNull());
});

describe('a drawing', () => {
  const offer = draftOffer({ 'image-form': 0 });
  const parts = (path: string) => {
    const svg = drawImage(path);
    const read = (pattern: RegExp) => pattern.exec(svg)?.[1];
    return {
      ground: read(/height="400" fill="([^"]+)"/),
      color: read(/rx="\d+" fill="([^"]+)"/),
      shape: read(/(rx="\d+")/),
      turn: read(/(rotate\([^"]+\))/),
      label: read(/>(No\. \d+)</),
    };
  };

  test('follows from the offer, and its light from the picture', () => {
    // The SHA-1 of "5" begins with ac 34 78 d6, that of the path with ef.
    const { color, ...drawn } = parts('/img/ibank/5003_1.jpg');
    expect(drawn).toEqual({
      ground: `hsl(${172 * 1.41} 30% 90%)`,
      ...{ shape: 'rx="14"', turn: 'rotate(52 200 190)', label: 'No. 6' },
    });
    expect(color).toBe(`hsl(${172 * 1.41} 45% 59%)`);
    expect(parts('/img/ibank/5004_1.jpg')).toMatchObject(drawn);
    expect(new Set([0, 1, 2, 3].map((n) => parts(imageUrl(offer, n)).color)).size).toBeGreaterThan(1);
  });

  test('of nobody follows from its path, and has no number', () => {
    // The SHA-1 of the path begins with 93 72 b2 76.
    expect(parts('/img/ibank/x.jpg')).toEqual({
      ...{ ground: `hsl(${147 * 1.41} 30% 90%)`, color: `hsl(${147 * 1.41} 63% 47%)` },
      ...{ shape: 'rx="18"', turn: 'rotate(24 200 190)', label: undefined },
    });
  });
});

describe('an upload', () => {
  const jpeg = (length: number) => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(length - 4)]);
  const idOf = (imageBase64: unknown, uploads = new Set<string>()) => {
    const params = new Map([['uploadImageParam', JSON.stringify({ imageBase64 })]]);
    return [
      (JSON.parse(answerUpload(params, new Map(), uploads).body) as { result: { result: string } }).result
        .result,
      ...uploads,
    ];
  };

  test.each([
    ['JPEG', 'ffd8ffe000000000'],
    ['PNG', '89504e4700000000'],
    ['GIF', '4749463800000000'],
    ['BMP', '424d000000000000'],
    ['WebP', '5249464600000000'],
  ])('of a %s has an id of its own', (_name, hex) => {
    const [id = '', kept] = idOf(Buffer.from(hex, 'hex').toString('base64'));
    expect(id).toMatch(/^100\d{10}$/);
    expect(kept).toBe(id);
  });

  test.each([
    ['too short', jpeg(7).toString('base64')],
    ['too big', jpeg(300 * 1024 + 1).toString('base64')],
    ['of another kind', Buffer.from('00ffd8ff00000000', 'hex').toString('base64')],
    ['no base64', `${jpeg(9).toString('base64')}!`],
  ])('of what is %s is none', (_name, base64) => expect(idOf(base64)).toEqual(['0']));

  test.each([8, 300 * 1024])('of %d bytes is one, the same each time', (length) => {
    const [id] = idOf(jpeg(length).toString('base64'));
    expect(id).not.toBe('0');
    expect(idOf(jpeg(length).toString('base64'))[0]).toBe(id);
    expect(idOf(jpeg(length - 1).toString('base64'))[0]).not.toBe(id);
  });

  test('comes as a file, too, unless there is a parameter', () => {
    const files = new Map([['picture', jpeg(8)]]);
    const [id] = idOf(jpeg(8).toString('base64'));
    const upload = (params: ReadonlyMap<string, string>) => answerUpload(params, files, new Set()).body;
    expect(upload(new Map())).toContain(`"result":"${id ?? ''}"`);
    const other = JSON.stringify({ imageBase64: jpeg(9).toString('base64') });
    expect(upload(new Map([['uploadImageParam', other]]))).not.toContain(`"result":"${id ?? ''}"`);
  });

  test('wants a picture', () => {
    expect(() => answerUpload(new Map(), new Map(), new Set())).toThrow(missing('uploadImageParam'));
    expect(() => idOf('')).toThrow(missing('imageBase64'));
  });
});

describe('similar offers', () => {
  const world = createWorld({ seed: 1, offers: 1500, categories: 20, startAt: 0, stepMs: dayMs });
  const snapshot = world.snapshot(0);
  const picUrl = 'https://cbu01.alicdn.com/x.jpg';
  const ask = (params: Readonly<Record<string, string>>) =>
    JSON.parse(answerSimilarOffers(new Map(Object.entries(params)), snapshot).body) as {
      result: { total: number; page: number; pageSize: number; result: { offerId: number }[] };
    };
  const alike = [...snapshot.search({ ...anything, picture: { key: picUrl, offerIndex: null } })];
  const idsOf = (start: number, end: number) =>
    alike
      .slice(0, 75)
      .slice(start, end)
      .map((i) => Number(snapshot.entryAt(i).offer.offerId));

  test.each<[Readonly<Record<string, string>>, number, number]>([
    [{ page: '1' }, 1, 20],
    [{ page: '4' }, 4, 20],
    [{ page: '5' }, 5, 20],
    [{ page: '2', pageSize: '7' }, 2, 7],
    [{ page: '1', pageSize: '21' }, 1, 20],
    [{ page: '0', pageSize: '0' }, 1, 20],
    [{ page: 'x', pageSize: '01' }, 1, 20],
  ])('%j are those of page %d of %d each', (params, page, pageSize) => {
    expect(alike.length).toBeGreaterThan(75);
    const { result } = ask({ picUrl, ...params });
    expect({ ...result, result: result.result.map(({ offerId }) => offerId) }).toEqual({
      ...{ total: 75, page, pageSize },
      result: idsOf((page - 1) * pageSize, page * pageSize),
    });
  });

  test('of a picture that 1688 can not see are an error, and it wants a picture and a page', () => {
    const message = 'handle image error with url https://example.com/x.jpg';
    expect(ask({ picUrl: 'https://example.com/x.jpg', page: '1' })).toEqual({
      success: false,
      code: 'SYSTEM_ERROR',
      message,
    });
    for (const params of [{}, { picUrl: '', page: '1' }])
      expect(() => ask(params)).toThrow(missing('picUrl'));
    for (const params of [{ picUrl }, { picUrl, page: '' }])
      expect(() => ask(params)).toThrow(missing('page'));
  });
});

describe('a ranking that drifts', () => {
  const ranked = Uint32Array.from({ length: 30 }, (_, i) => i);
  const page = (start: number, end: number, units: Readonly<Record<string, number>>, of = ranked) =>
    driftPage(of, start, end, new WrittenDraw(units));
  const swaps = { first: 0.05, last: 0.05, inner: 0 };

  test('changes two neighbours within a page, and now and then its first and its last row', () => {
    expect(page(5, 12, { inner: 0 })).toEqual([5, 7, 6, 8, 9, 10, 11]);
    expect(page(5, 12, { inner: 0.99 })).toEqual([5, 6, 7, 8, 10, 9, 11]);
    expect(page(5, 12, swaps)).toEqual([4, 7, 6, 8, 9, 10, 12]);
    expect(page(5, 12, { ...swaps, first: 0.1, last: 0.1 })).toEqual([5, 7, 6, 8, 9, 10, 11]);
  });

  test('has no row before the first one, or after the last', () => {
    expect(page(0, 4, swaps)).toEqual([0, 2, 1, 4]);
    expect(page(26, 30, swaps)).toEqual([25, 28, 27, 29]);
    expect(page(0, 30, swaps)).toEqual([0, 2, 1, ...ranked.slice(3)]);
  });

  test.each<[number, number, number[]]>([
    [5, 5, []],
    [30, 35, []],
    [5, 6, [4]],
    [5, 7, [4, 7]],
    [5, 8, [4, 6, 8]],
    [5, 9, [4, 7, 6, 9]],
  ])('of rows %d to %d is short', (start, end, rows) => expect(page(start, end, swaps)).toEqual(rows));
});
