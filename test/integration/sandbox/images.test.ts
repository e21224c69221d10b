import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { fetchDetail, search } from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ offers: 1000, categories: 60 });
});
afterAll(() => sandbox.close());

async function fetchImage(url: string): Promise<{ type: string | null; svg: string }> {
  const { pathname } = new URL(url, 'https://cbu01.alicdn.com');
  const response = await fetch(new URL(pathname, sandbox.url));
  expect(response.status).toBe(200);
  return { type: response.headers.get('content-type'), svg: await response.text() };
}

const numberIn = (svg: string) => /No\. (\d+)/.exec(svg)?.[1];

describe('pictures', () => {
  it('are drawn at the path of every image url, the same ones each time', async () => {
    const { data } = await search(sandbox, { categoryId: 10_100 });
    for (const { imageUrl } of data) {
      const { type, svg } = await fetchImage(imageUrl);
      expect(type).toBe('image/svg+xml');
      expect(svg).toMatch(/^<svg [^]*<\/svg>$/);
      expect((await fetchImage(imageUrl)).svg).toBe(svg);
    }
  });

  it('of one offer bear its number, those of others another', async () => {
    const { data } = await search(sandbox, { categoryId: 10_100 });
    const numbers = new Set<string | undefined>();
    for (const { offerId, imageUrl } of data.slice(0, 10)) {
      const { text } = await fetchDetail(sandbox, String(offerId));
      const own = numberIn((await fetchImage(imageUrl)).svg);
      for (const [url] of text.matchAll(/(?:https:)?\/\/[\w.-]+\/img\/ibank\/[^"\\]+/g)) {
        expect(numberIn((await fetchImage(url)).svg)).toBe(own);
      }
      numbers.add(own);
    }
    expect(numbers.size).toBe(10);
    expect(numbers).not.toContain(undefined);
  });

  it('at paths of nobody are drawn too, without a number and without echoing the path', async () => {
    const { svg } = await fetchImage('/img/ibank/%3Cscript%3E.jpg');
    expect(svg).not.toContain('script');
    expect(numberIn(svg)).toBeUndefined();
  });
});
