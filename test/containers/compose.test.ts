import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/compose-file.ts';
import { until } from '../support/until.ts';

/*
 * The image and docker-compose.yml on a real engine, as `deploy/try/try.env` runs them: against the sandbox, with two workers.
 * `.ci/containers/start` starts an engine, with stand-ins of the base images, where there is none.
 */

const hasEngine = spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0;
const project = `catalog-sync-test-${String(process.pid)}`;
const image = 'catalog-sync:local';
const minutes = (count: number) => count * 60_000;

/** As `deploy/try/catalog-sync.yaml`, but nothing starts by itself. */
const folder = mkdtempSync(join(tmpdir(), 'compose-'));
const syncFile = join(folder, 'catalog-sync.yaml');
const [feeds = ''] = readFileSync(join(root, 'deploy/try/catalog-sync.yaml'), 'utf8').split('schedules:');
// The containers' user reads it.
chmodSync(folder, 0o755);
writeFileSync(syncFile, feeds);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const docker = (...words: string[]) =>
  execFileSync('docker', words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const compose = (...words: string[]) =>
  execFileSync('docker', ['compose', '--env-file', 'deploy/try/try.env', ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, COMPOSE_PROJECT_NAME: project, PAGES_PORT: '0', SYNC_FILE: syncFile },
  });

interface Container {
  readonly ID: string;
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly ExitCode: number;
}

const listContainers = () =>
  compose('ps', '--all', '--format', 'json')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Container);
const containersOf = (service: string) => listContainers().filter(({ Service }) => Service === service);
const idOf = (service: string) => containersOf(service)[0]?.ID ?? '';

const query = (sql: string) =>
  compose(
    'exec',
    '-T',
    'postgres',
    'psql',
    '--username=catalog_sync',
    '--no-psqlrc',
    '--tuples-only',
    '--no-align',
    `--command=${sql}`,
  ).trim();

/** What the sandbox saw; its control endpoints answer in its own container only. */
function readArrivals(): readonly Arrival[] {
  const script = `fetch('http://127.0.0.1:8688/_sandbox/stats').then((answer) => answer.text()).then(console.log)`;
  const stats: unknown = JSON.parse(compose('exec', '-T', 'sandbox', 'node', '--eval', script));
  return (stats as { readonly calls: readonly Arrival[] }).calls;
}

interface Arrival {
  readonly requestId: string | null;
}

/** Every call that arrived, by the id of its row in the ledger, and every call that the ledger says was answered. */
function compareLedger() {
  const arrived = readArrivals().map(({ requestId }) => requestId);
  const rows = query('SELECT call_id, state FROM usage.api_call')
    .split('\n')
    .map((line) => line.split('|'));
  const known = new Map(rows.map(([id = '', state]) => [id, state]));
  return {
    twice: arrived.length - new Set(arrived).size,
    unexplained: arrived.filter(
      (id) => id === null || !['committed', 'unknown'].includes(known.get(id) ?? ''),
    ),
    neverArrived: rows.filter(([id = '', state]) => state === 'committed' && !arrived.includes(id)),
    open: rows.filter(([, state]) => state === 'reserved'),
  };
}

describe.skipIf(!hasEngine)('the image', () => {
  beforeAll(() => void compose('build', 'migrate'), minutes(10));

  const run = (...words: string[]) =>
    docker('run', '--rm', '--read-only', '--cap-drop=ALL', '--network=none', ...words).trim();

  test('runs the program on Node 24, as user 1000, on a read-only root', () => {
    expect(run(image, '--version')).toMatch(/^\d+\.\d+\.\d+/);
    expect(run('--entrypoint=node', image, '--version')).toMatch(/^v24\./);
    const owner = run('--entrypoint=node', image, '--print', '[process.getuid(), process.getgid()].join()');
    expect(owner).toBe('1000,1000');
  });

  test('holds no settings of this folder, and no program to build with', () => {
    const listed = run('--entrypoint=sh', image, '-c', 'ls -A /app && ls /app/node_modules');
    expect(listed.split('\n')).toEqual(
      expect.arrayContaining(['.env.example', 'LICENSE', 'bin', 'dist', 'docs', 'migrations']),
    );
    expect(listed).not.toMatch(/^(\.env|\.env\.local|\.git|src|typescript|vitest)$/m);
  });
});

describe.skipIf(!hasEngine)('docker compose with two workers', () => {
  beforeAll(() => {
    compose('up', '--build', '--detach', '--scale', 'worker=2', '--scale', 'first-sync=0');
  }, minutes(10));

  afterAll(() => {
    compose('down', '--volumes', '--remove-orphans', '--timeout', '60');
  }, minutes(3));

  test('becomes healthy', { timeout: minutes(5) }, async () => {
    const running = ['postgres', 'redis', 'sandbox', 'web', 'worker', 'worker'];
    const listHealthy = () =>
      listContainers()
        .filter(({ Health }) => Health === 'healthy')
        .map(({ Service }) => Service);
    await until(() => listHealthy().toSorted().join() === running.join(), {
      timeoutMs: minutes(4),
      what: 'all are healthy',
    });
    expect(containersOf('migrate')).toMatchObject([{ State: 'exited', ExitCode: 0 }]);
  });

  test(
    'pulls the whole catalog, in spite of the death of a worker, of Redis and of Postgres',
    { timeout: minutes(8) },
    async () => {
      const run = `${project}-sync`;
      compose('run', '--detach', '--name', run, 'first-sync');
      const hasCalls = (count: number) => readArrivals().length > count;
      await until(() => hasCalls(20), { timeoutMs: minutes(2), what: 'the run makes calls' });
      docker('kill', idOf('worker'));
      docker('kill', idOf('redis'));
      compose('start', 'redis');
      await until(() => hasCalls(90), {
        timeoutMs: minutes(2),
        what: 'it goes on with one worker and an empty queue',
      });
      docker('kill', idOf('postgres'));
      compose('start', 'postgres');
      const exitCode = Number(docker('wait', run));
      expect({ exitCode, log: exitCode === 0 ? '' : docker('logs', run) }).toEqual({ exitCode: 0, log: '' });
      expect(Number(query(`SELECT count(*) FROM catalog.offer WHERE state = 'listed'`))).toBeGreaterThan(180);
      expect(compareLedger()).toMatchObject({ twice: 0, unexplained: [], neverArrived: [], open: [] });
      expect(readArrivals().length).toBeGreaterThan(200);
    },
  );

  test('comes down clean', { timeout: minutes(3) }, () => {
    compose('down', '--volumes', '--remove-orphans', '--timeout', '60');
    const ofProject = ['--filter', `label=com.docker.compose.project=${project}`, '--quiet'];
    const left = [
      ['ps', '--all'],
      ['volume', 'ls'],
      ['network', 'ls'],
    ].map((words) => docker(...words, ...ofProject));
    expect(left).toEqual(['', '', '']);
  });
});
