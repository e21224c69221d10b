import { expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
import { found, learnNothing, provenance } from '../../support/answers.ts';
import { createTestDatabase } from '../../support/database.ts';

it('an offer has the pictures of its newest detail, the first as the main one; other pictures are no change of it', async () => {
  const db = await createTestDatabase();
  try {
    const log = createLogger({ level: 'silent', pretty: false });
    const store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
    const load = async (minutes: number, imageUrls: string[], whiteImageUrl: string | null) => {
      await store.load([found('1', provenance(minutes), { offer: { imageUrls, whiteImageUrl } })]);
      const { rows } = await db.pool.query<Record<string, unknown>>(
        'SELECT main_image_url, image_urls, white_image_url FROM catalog.offer',
      );
      return rows;
    };
    expect(await load(1, ['a', 'b'], 'w')).toEqual([
      { main_image_url: 'a', image_urls: ['a', 'b'], white_image_url: 'w' },
    ]);
    expect(await load(2, ['a', 'c'], null)).toEqual([
      { main_image_url: 'a', image_urls: ['a', 'c'], white_image_url: null },
    ]);
    expect(await load(3, [], null)).toEqual([
      { main_image_url: null, image_urls: [], white_image_url: null },
    ]);
    const { rows } = await db.pool.query(
      'SELECT field, old, new FROM catalog.offer_change ORDER BY change_id',
    );
    expect(rows).toEqual([
      { field: 'state', old: null, new: 'listed' },
      { field: 'main_image_url', old: 'a', new: null },
    ]);
  } finally {
    await db.drop();
  }
});
