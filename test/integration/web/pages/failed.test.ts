import { expect, inject, test } from 'vitest';
import { dropDatabase, withAdmin } from '../../../support/admin.ts';
import { createTestDatabase } from '../../../support/database.ts';
import { openWebWorld } from '../../../support/web-world.ts';

test('a page of a database that is gone says why, and the way to the other pages stays', async () => {
  const database = await createTestDatabase();
  const world = await openWebWorld({ database });
  try {
    const name = new URL(database.url).pathname.slice(1);
    await withAdmin(inject('testServers').adminUrl, (client) => dropDatabase(client, name));
    const response = await world.request('/runs');
    expect(response.status).toBeGreaterThanOrEqual(500);
    const page = await response.text();
    expect(page).toContain('This page could not be shown');
    expect(page).toMatch(/<a href="\/runs" aria-current="page"/);
    for (const path of [
      '/',
      '/workers',
      '/trackers',
      '/usage',
      '/products',
      '/problems',
      '/queues',
      '/api-status',
    ])
      expect(page, path).toContain(`href="${path}"`);
    for (const word of ['SANDBOX', 'LIVE', 'EMPTY', '`']) expect(page).not.toContain(word);
  } finally {
    await world.close();
    await database.drop();
  }
});
