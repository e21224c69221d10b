import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readWords } from '../../../support/read-words.ts';

/* The page of workers, and what pages of runs say of them. */

let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00');
});
afterAll(() => world.close());
beforeEach(() => world.execute('DELETE FROM sync.worker'));

const ago = (seconds: number) => `clock_timestamp() - interval '${String(seconds)} s'`;
const add = (columns: string, values: string) =>
  world.execute(
    `INSERT INTO sync.worker (worker_id, started_at, ${columns}) VALUES (gen_random_uuid(), '2026-11-26T11:00:00+08:00', ${values})`,
  );
const rows = async () =>
  readCells(await world.get('/workers'), 'Processes that worked on runs within a day').map((row) =>
    Object.values(row),
  );

test('a process has each of its figures, and a dash for what its version did not say', async () => {
  await add(
    'host, heartbeat_at, pid, version, whole_file_hash, jobs, recent_calls, last_error_code, last_error_at',
    `'a', ${ago(30)}, 1234, '1.2.3', 'abcdefghijk', 2000, 3000, 'REDIS_UNREACHABLE', '2026-11-26T11:30:00+08:00'`,
  );
  await add('host, heartbeat_at', `'b', ${ago(45)}`);
  const [first, second] = await rows();
  expect(first?.[3]).toMatch(/^3\d s ago$/);
  expect(first?.toSpliced(3, 1)).toEqual([
    ...[
      'a',
      '1234',
      'working',
      '2,000',
      '3,000',
      'REDIS_UNREACHABLE 2026-11-26 11:30',
      '1.2.3',
      'abcdefgh',
      '2026-11-26 11:00',
    ],
  ]);
  expect(second?.toSpliced(3, 1)).toEqual(['b', '–', 'working', '–', '–', '–', '–', '–', '2026-11-26 11:00']);
  expect(await world.get('/workers')).toContain('title="abcdefghijk"');
});

test('those that work come first, then those that say nothing, and each kind by its newest heartbeat', async () => {
  await add('host, heartbeat_at, ended_at', `'ended', ${ago(1)}, '2026-11-26T11:59:00+08:00'`);
  await add('host, heartbeat_at', `'silent', ${ago(61)}`);
  await add(
    'host, heartbeat_at, failing_code, failing_since',
    `'failing', ${ago(50)}, 'X', '2026-11-26T11:58:00+08:00'`,
  );
  await add('host, heartbeat_at, failing_code, failing_since', `'lost', ${ago(3600)}, 'X', now()`);
  await add('host, heartbeat_at', `'working', ${ago(40)}`);
  expect((await rows()).map(([host, , state]) => `${host ?? ''}: ${state ?? ''}`)).toEqual([
    'working: working',
    'failing: failing by X since 2026-11-26 11:58',
    expect.stringMatching(/^silent: no heartbeat since 20/),
    expect.stringMatching(/^lost: no heartbeat since 20/),
    'ended: ended 2026-11-26 11:59',
  ]);
});

test('at most two hundred processes of a day are listed', async () => {
  await world.execute(
    `INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at)
     SELECT gen_random_uuid(), 'a', now(), clock_timestamp() - n * interval '1 s' FROM generate_series(1, 201) n`,
  );
  expect(await rows()).toHaveLength(200);
});

const difference = async () =>
  readWords(/<p class="notice warn">[\s\S]*?<\/p>/.exec(await world.get('/workers'))?.[0] ?? '');

test('processes that work with other files or versions are told to be made the same', async () => {
  const of = (version: string, hash: string, more = '') =>
    add(
      `host, heartbeat_at, version, whole_file_hash${more === '' ? '' : ', ended_at'}`,
      `'a', ${ago(1)}, '${version}', '${hash}'${more}`,
    );
  await of('1', 'x');
  await of('1', 'x');
  await of('2', 'y', `, now()`);
  await add('host, heartbeat_at', `'unknown', ${ago(1)}`);
  expect(await difference()).toBe('');
  await of('1', 'y');
  expect(await difference()).toBe(
    'These processes have 2 different sync files: give all hosts the same, and restart them.',
  );
  await of('2', 'x');
  expect(await difference()).toContain('have 2 different sync files and 2 versions:');
  await world.execute(`UPDATE sync.worker SET whole_file_hash = 'x'`);
  expect(await difference()).toContain('have 2 versions:');
});

const workLine = async () =>
  readWords(
    /<p class="(?:muted|notice bad)">\s*(?:One|No worker|\d+ proc)[\s\S]*?<\/p>/.exec(
      await world.get('/runs'),
    )?.[0] ?? '',
  );

test('where runs begin, the hosts that would work are named, the busiest first', async () => {
  expect(await workLine()).toMatch(/^No worker process is running/);
  await add('host, heartbeat_at', `'b', ${ago(1)}`);
  expect(await workLine()).toBe('One process works: b');
  await add('host, heartbeat_at', `'c', ${ago(1)}`);
  await add('host, heartbeat_at', `'c', ${ago(1)}`);
  await add('host, heartbeat_at', `'a', ${ago(1)}`);
  await add('host, heartbeat_at, ended_at', `'ended', ${ago(1)}, now()`);
  expect(await workLine()).toBe('4 processes work: c (2), a, b');
  for (let n = 0; n < 7; n += 1) await add('host, heartbeat_at', `'h${String(n)}', ${ago(1)}`);
  expect(await workLine()).toBe('11 processes work: c (2), a, b, h0, h1, h2, h3, h4, h5, h6');
  await add('host, heartbeat_at', `'h7', ${ago(1)}`);
  expect(await workLine()).toBe('12 processes work: c (2), a, b, h0, h1, h2, h3, h4, h5, h6, …');
});

test('a run can be begun for everything or a feed, and a warning stands where nobody would work on it', async () => {
  const page = await world.get('/runs');
  const options = [...page.matchAll(/<option value="([^"]*)">(everything|bags)<\/option>/g)].map(
    ([, value, word]) => [value, word],
  );
  expect(options).toEqual([
    ['all', 'everything'],
    ['bags', 'bags'],
  ]);
  expect(await world.get('/')).toContain('No worker process is running');
  expect(await world.get('/')).toContain('aria-label="Run now: everything"');
  await add('host, heartbeat_at', `'b', ${ago(1)}`);
  expect(await world.get('/')).not.toContain('No worker process is running');
});
