import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import type { Environment } from '../../../src/config/environment.ts';
import { apiOf, endpoints } from '../../../src/extract/endpoints/endpoints.ts';
import { withAdmin } from '../../support/admin.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { pingToken, startPingReceiver, type PingReceiver } from '../../support/ping-receiver.ts';
import { withTestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';

let receiver: PingReceiver;

beforeEach(async () => {
  receiver = await startPingReceiver();
});
afterEach(() => receiver.close());

const syncFile = 'account: business\nfeeds:\n  - { name: bags, categories: ["54"] }\n';

function open(env: Environment, text = syncFile) {
  const world = createWorld({ env, cwd: createProject({ 'catalog-sync.yaml': text }) });
  const run = async (...args: string[]) => {
    const exitCode = await runCli(args, world.context);
    const written = world.stdout.text + world.stderr.text;
    expect(written).not.toContain(pingToken);
    return { exitCode, written };
  };
  return { ...world, run };
}

/** Without, a database answers nobody: what is connected is cut off. */
async function setConnections(url: string, isAllowed: boolean) {
  const name = new URL(url).pathname.slice(1);
  await withAdmin(inject('testServers').adminUrl, async (client) => {
    await client.query(`alter database ${name} with allow_connections ${String(isAllowed)}`);
    if (!isAllowed)
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  });
}

const heartbeat = () => ({ HEARTBEAT_URL: receiver.url });

describe('sync', () => {
  it('pings its start, then its success; nothing when no address is set', () =>
    withTestStack({ backend: 'postgres' }, async ({ env }) => {
      expect(await open(env).run('sync', '--budget', '3')).toMatchObject({ exitCode: 0 });
      expect(receiver.pings).toEqual([]);
      expect(await open({ ...env, ...heartbeat() }).run('sync', '--budget', '3')).toMatchObject({
        exitCode: 0,
      });
      expect(receiver.pings).toEqual(['GET /start', 'GET']);
    }));

  it('is pinged for by `schedule run`, too', () =>
    withTestStack({ backend: 'postgres' }, async ({ env }) => {
      const text = `${syncFile}schedules:\n  - { name: nightly, cron: "30 2 * * *", budget_calls: 3 }\n`;
      const { exitCode } = await open({ ...env, ...heartbeat() }, text).run('schedule', 'run', 'nightly');
      expect(exitCode).toBe(0);
      expect(receiver.pings).toEqual(['GET /start', 'GET']);
    }));

  it('pings the failure of its run', () =>
    withTestStack(
      { backend: 'postgres', sandbox: { declinedApis: [apiOf(endpoints['search.keyword'])] } },
      async ({ env }) => {
        const words = 'account: business\nfeeds:\n  - { name: words, keywords: [手机壳] }\n';
        const { exitCode } = await open({ ...env, ...heartbeat() }, words).run('sync');
        expect(exitCode).toBe(1);
        expect(receiver.pings).toEqual(['GET /start', 'GET /fail']);
      },
    ));

  it('pings its failure also when it cannot begin', async () => {
    const { exitCode } = await open(heartbeat(), 'account: none').run('sync');
    expect(exitCode).toBe(4);
    expect(receiver.pings).toEqual(['GET /start', 'GET /fail']);
  });

  it('waits five seconds at most for a receiver that never answers, and exits as without it', async () => {
    receiver.setAnswer(() => undefined);
    const beganAt = performance.now();
    const { exitCode, written } = await open(heartbeat(), 'account: none').run('sync');
    expect(performance.now() - beganAt).toBeLessThan(6500);
    expect(exitCode).toBe(4);
    expect(written.match(/"event":"\w+"/g)).toEqual(['"event":"start"', '"event":"fail"']);
  });

  it('keeps its deadline with a receiver that never answers', async () => {
    receiver.setAnswer(() => undefined);
    const { run, context } = open(heartbeat(), 'account: none');
    const beganAt = performance.now();
    Object.assign(context, { startedAtMs: beganAt - 4000 });
    await run('sync', '--deadline', '1ms');
    expect(performance.now() - beganAt).toBeLessThan(3000);
  });

  it('ends soon when it is stopped twice while it pings', async () => {
    receiver.setAnswer(() => undefined);
    const { run, context } = open(heartbeat(), 'account: none');
    const beganAt = performance.now();
    const running = run('sync');
    await until(() => context.signals.listenerCount('SIGTERM') > 0);
    context.signals.emit('SIGTERM');
    context.signals.emit('SIGTERM');
    expect(await running).toMatchObject({ exitCode: 4 });
    expect(performance.now() - beganAt).toBeLessThan(3000);
    expect(context.signals.listenerCount('SIGTERM')).toBe(0);
  });
});

describe('worker and serve', () => {
  it.each(['worker', 'serve'])('%s pings once a minute while its database answers', (verb) =>
    withTestStack({ backend: 'postgres' }, async ({ env, database }) => {
      const { run, context, stderr } = open({ ...env, ...heartbeat(), PORT: '0' });
      let aheadMs = 0;
      Object.assign(context, { clock: { now: () => new Date(Date.now() + aheadMs) } });
      const running = run(verb);
      const pings = (count: number) => until(() => receiver.pings.length >= count);
      await pings(1);
      aheadMs = 61_000;
      await pings(2);

      await setConnections(database.url, false);
      const countFailed = () => stderr.text.split('tick failed, trying again').length;
      const before = countFailed();
      aheadMs = 122_000;
      await until(() => countFailed() > before);
      expect(receiver.pings).toHaveLength(2);
      await setConnections(database.url, true);
      await pings(3);

      context.signals.emit('SIGTERM');
      expect(await running).toMatchObject({ exitCode: 0 });
      expect(receiver.pings).toEqual(['GET', 'GET', 'GET']);
    }),
  );
});

describe('doctor', () => {
  it('says whether a heartbeat is set, with its host only', async () => {
    expect((await open({}).run('doctor', '--offline')).written).toMatch(
      /skip +heartbeat: no pings: HEARTBEAT_URL is not set/,
    );
    const { written } = await open(heartbeat()).run('doctor', '--offline');
    expect(written).toContain(`pings ${new URL(receiver.url).host}\n`);
    expect(receiver.pings).toEqual([]);
  });
});

it.each([
  ['ftp://example.com/zq-ping-token-6611', 'is not a http or https url'],
  ['zq-ping-token-6611', 'is not a http or https url'],
  ['https://user:zq-ping-token-6611@example.com/', 'must have no user or fragment'],
])('an address that cannot be pinged is refused without being shown: %#', async (url, said) => {
  const { exitCode, written } = await open({ HEARTBEAT_URL: url }).run('sync');
  expect(exitCode).toBe(4);
  expect(written).toContain(`HEARTBEAT_URL ${said}`);
});
