import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { findTestPort } from '../../support/find-test-port.ts';
import { findTool } from '../../support/find-tool.ts';
import { until } from '../../support/until.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';
import { interpolate, root, serviceOf } from '../../support/compose-file.ts';

/*
 * Profile `observability` of docker-compose.yml, run on this machine: the very commands, with nothing changed but
 * addresses and folders, and no wait of half a minute. Of Grafana there is no program here: only what its image runs first.
 */

const path = process.env['PATH'] ?? '';
const prometheus = findTool(['prometheus'], process.env);
const hasPsql = findTool(['psql'], process.env) !== null;
const metricsToken = 'a-token-for-prometheus';

/** What its API tells. */
interface Target {
  readonly health: string;
  readonly lastError: string;
  readonly labels: object;
}
interface Rule {
  readonly name: string;
  readonly health: string;
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The script that a service's shell is given. */
function scriptOf(service: string): string {
  const { entrypoint, command } = serviceOf(service);
  expect(entrypoint).toEqual(['sh', '-c']);
  return interpolate(command?.[0] ?? '', {});
}

test.each([
  ['prometheus', 'METRICS_TOKEN'],
  ['grafana-reader', 'GRAFANA_READER_PASSWORD'],
  ['grafana', 'GRAFANA_PASSWORD'],
])('%s does not start without %s, and says so', (service, variable) => {
  const { environment = {} } = serviceOf(service);
  const unset = { POSTGRES_PASSWORD: 'unused' };
  const given = Object.entries(environment).map(([name, value]) => [name, interpolate(value, unset)]);
  const env = { PATH: path, ...(Object.fromEntries(given) as Record<string, string>) };
  const { status, stderr } = spawnSync('sh', ['-c', scriptOf(service)], { env, encoding: 'utf8' });
  expect(stderr).toContain(variable);
  expect(stderr).toContain('required in .env.local');
  expect(status).toBeGreaterThan(0);
});

describe.skipIf(prometheus === null)('prometheus', () => {
  let folder: string;
  let port: number;
  let world: WebWorld;
  let server: ChildProcess;
  let log = '';

  const ask = async <T>(call: string) =>
    ((await (await fetch(`http://127.0.0.1:${String(port)}/api/v1/${call}`)).json()) as { data: T }).data;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'compose-prometheus-'));
    port = await findTestPort();
    world = await openWebWorld({ database, env: { METRICS_TOKEN: metricsToken } });
    cpSync(join(root, 'deploy/prometheus'), folder, { recursive: true });
    const config = join(folder, 'prometheus.compose.yml');
    writeFileSync(
      config,
      readFileSync(config, 'utf8')
        .replace('/tmp/metrics_token', `${folder}/metrics_token`)
        .replace('web:3000', `localhost:${String(world.port)}`)
        .replaceAll(/: (30|10)s/g, ': 1s'),
    );
    const native = scriptOf('prometheus')
      .replace('/tmp/metrics_token', `${folder}/metrics_token`)
      .replace('/etc/prometheus', folder)
      .replace('=/prometheus', `=${folder}/data`)
      .replace('0.0.0.0:9090', `127.0.0.1:${String(port)}`);
    server = spawn('sh', ['-c', native], { cwd: '/', env: { PATH: path, METRICS_TOKEN: metricsToken } });
    server.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  }, 60_000);

  afterAll(async () => {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.skipIf(findTool(['wget'], process.env) === null)(
    'gets ready, and passes its health check',
    async () => {
      const words = (serviceOf('prometheus').healthcheck?.test ?? []).slice(1);
      const [program = '', ...rest] = words.map((word) => word.replace(':9090', `:${String(port)}`));
      const isHealthy = () => spawnSync(program, rest).status === 0;
      await until(() => server.exitCode !== null || isHealthy(), { what: 'prometheus is healthy' });
      expect({ log, ended: server.exitCode }).toMatchObject({ ended: null });
      expect(isHealthy()).toBe(true);
    },
  );

  test('reads the metrics of web, by the token that both are given', async () => {
    // On a loaded machine a first read can take too long; the next is 30 seconds later.
    await until(
      async () => {
        const { activeTargets } = await ask<{ activeTargets: Target[] }>('targets');
        const up = { health: 'up', lastError: '', labels: { job: 'catalog-sync' } };
        expect(activeTargets[0]).toMatchObject(up);
        return true;
      },
      { timeoutMs: 100_000 },
    );
    const { result } = await ask<{ result: { value: [number, string] }[] }>(
      'query?query=catalogsync_database_up',
    );
    expect(result.map(({ value }) => value[1])).toEqual(['1']);
  });

  test('has loaded all alerts', async () => {
    const rules = await until(async () => {
      const { groups } = await ask<{ groups: { rules: Rule[] }[] }>('rules');
      const found = groups.flatMap((group) => group.rules);
      return found.length > 0 && found.every(({ health }) => health !== 'unknown') ? found : null;
    });
    expect(rules).toHaveLength(14);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });
});

describe.skipIf(!hasPsql)('grafana-reader', () => {
  const run = (password: string) => {
    const { hostname, port, pathname, username, password: own } = new URL(database.url);
    const env = {
      PGHOST: hostname,
      PGPORT: port,
      PGDATABASE: pathname.slice(1),
      PGUSER: username,
      PGPASSWORD: own,
    };
    const script = scriptOf('grafana-reader').replace(
      '/make-reader.sql',
      `${root}/deploy/grafana/make-reader.sql`,
    );
    return spawnSync('sh', ['-c', script], {
      env: { PATH: path, ...env, GRAFANA_READER_PASSWORD: password },
      encoding: 'utf8',
    });
  };
  const asReader = async <T>(password: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const url = new URL(database.url);
    [url.username, url.password] = ['grafana_reader', encodeURIComponent(password)];
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  afterAll(async () => {
    await database.pool.query('DROP ROLE IF EXISTS grafana_reader');
  });

  test('makes a login that reads usage, and can neither write nor read tokens', async () => {
    expect(run("it's 1 password")).toMatchObject({ status: 0, stdout: '', stderr: '' });
    await asReader("it's 1 password", async (client) => {
      expect((await client.query('SELECT FROM usage.quota_status')).rowCount).toBe(0);
      await expect(client.query('SELECT FROM sync.token')).rejects.toThrow('permission denied');
      await client.query('SET default_transaction_read_only = off');
      await expect(client.query('DELETE FROM sync.run')).rejects.toThrow('permission denied');
    });
  });

  test('gives it another password when that has changed', async () => {
    expect(run('another-password').status).toBe(0);
    const rows = await asReader(
      'another-password',
      async (client) => (await client.query('SELECT 1')).rowCount,
    );
    expect(rows).toBe(1);
    const { rows: kept } = await database.pool.query<{ is: boolean }>(
      `SELECT rolsuper OR rolcreatedb OR rolcreaterole AS is FROM pg_roles WHERE rolname = 'grafana_reader'`,
    );
    expect(kept).toEqual([{ is: false }]);
  });
});
