import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productVersion } from '../../../../src/core/product-version.ts';
import { openTestStack, type TestStack } from '../../../support/stack.ts';
import { readCells } from '../../../support/read-cells.ts';
import { openWebWorld, type WebWorld } from '../../../support/web-world.ts';

let stack: TestStack;
let world: WebWorld;
beforeAll(async () => {
  stack = await openTestStack({
    backend: 'postgres',
    sandbox: { faults: [{ kind: 'server_error', status: 503, count: 1 }] },
  });
  world = await openWebWorld({ database: stack.database, env: stack.env });
});
afterAll(async () => {
  await world.close();
  await stack.close();
});

const rows = async () => readCells(await world.get('/workers'), 'Processes that worked on runs within a day');

test('before any process worked, the page says what is listed there and what to start', async () => {
  const page = await world.get('/workers');
  expect(page).toContain('No process worked on runs within a day.');
  expect(page).toContain('<code>catalog-sync worker</code>');
  expect(page).not.toContain('`');
});

test('a process says what it is, what it calls and by what it failed last', async () => {
  await stack.run();
  // A run is shorter than the time between two heartbeats: the next one tells of it.
  await stack.query(`UPDATE sync.worker SET heartbeat_at = clock_timestamp()`);
  const [row] = await rows();
  const [worker] = await stack.query<{ hash: string }>('SELECT whole_file_hash AS hash FROM sync.worker');
  expect(row).toMatchObject({
    Host: hostname(),
    'Process id': String(process.pid),
    State: 'working',
    Version: productVersion(),
    'Sync file': worker?.hash.slice(0, 8),
  });
});

test('a process that cannot work says by what, and since when', async () => {
  await stack.query(
    `UPDATE sync.worker SET failing_code = 'REDIS_UNREACHABLE', failing_since = clock_timestamp()`,
  );
  expect((await rows())[0]?.['State']).toMatch(/^failing by REDIS_UNREACHABLE since 20/);
  await stack.query('UPDATE sync.worker SET failing_code = NULL, failing_since = NULL');
});

test('a process that was killed stays for a day as one without a heartbeat, and one that ended is told from it', async () => {
  await stack.query(`UPDATE sync.worker SET heartbeat_at = clock_timestamp() - interval '61 seconds'`);
  expect((await rows())[0]?.['State']).toMatch(/^no heartbeat since 20/);
  expect((await rows())[0]?.['Heartbeat']).toBe('1 min ago');
  await stack.query(
    `UPDATE sync.worker SET heartbeat_at = clock_timestamp() - interval '23 hours 59 minutes'`,
  );
  expect(await rows()).toHaveLength(1);
  await stack.query(`UPDATE sync.worker SET heartbeat_at = clock_timestamp() - interval '24 hours 1 second'`);
  expect(await rows()).toHaveLength(0);
});

test('a process that ends in order says so, and drives no run any more', async () => {
  const other = await stack.openProcess();
  await other.run({ scope: 'other' });
  expect(await world.get('/runs')).toContain('One process works:');
  await other.close();
  const [row] = await rows();
  expect(row?.['State']).toMatch(/^ended 20/);
  expect(await world.get('/runs')).toContain('No worker process is running');
});
