import { afterEach, expect, it } from 'vitest';
import { startHealthServer, type HealthServer } from '../../src/web/health-server.ts';

let server: HealthServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function get(path: string): Promise<[status: number, text: string]> {
  const response = await fetch(`http://127.0.0.1:${String(server?.port)}${path}`);
  return [response.status, (await response.text()).trim()];
}

it('is alive also while the database is away, but not ready', async () => {
  let isUp = false;
  const checkReady = async () => {
    if (!isUp) throw new Error('away, at postgres://user:password@host');
  };
  server = await startHealthServer({ port: 0, checkReady });
  expect(await get('/livez')).toEqual([200, 'ok']);
  expect(await get('/readyz')).toEqual([503, 'not ready']);
  isUp = true;
  expect(await get('/readyz')).toEqual([200, 'ok']);
  expect(await get('/')).toEqual([404, 'not found']);
});

it('says so when its port is taken', async () => {
  server = await startHealthServer({ port: 0, checkReady: () => Promise.resolve() });
  const second = startHealthServer({ port: server.port, checkReady: () => Promise.resolve() });
  await expect(second).rejects.toMatchObject({ code: 'HEALTH_NOT_LISTENING' });
});
