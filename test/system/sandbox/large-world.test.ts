import { expect, it } from 'vitest';
import { startTestSandbox } from '../../support/sandbox.ts';
import { control, fetchDetail, search } from '../../support/plain-client.ts';

it('a world of a million offers answers from its lists of who is where, and counts its least calls', async () => {
  const large = await startTestSandbox({ offers: 1_000_000, categories: 600 });
  try {
    const branch = await search(large, { categoryId: 10_100 });
    expect(branch).toMatchObject({ totalRecords: 2000, totalPage: 40 });
    expect(branch.data).toHaveLength(50);
    expect((await search(large, { keyword: '纯棉', beginPage: 40 })).data).toHaveLength(50);
    const { body } = await fetchDetail(large, String(branch.data[0]?.offerId));
    expect(body).toMatchObject({ result: { success: true } });
    const { min_calls: min } = await control<{ min_calls: { pages: number; offers: number } }>(
      large,
      'stats?categories=10100&calls=false',
    );
    expect(min.offers).toBeGreaterThan(2000);
    expect(min.pages).toBeGreaterThanOrEqual(min.offers / 50);
    expect(process.memoryUsage().rss).toBeLessThan(2 * 1024 ** 3);
  } finally {
    await large.close();
  }
});
