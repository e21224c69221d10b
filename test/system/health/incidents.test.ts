import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { HealthIssueId, Origin } from '../../../src/model/health-issue.ts';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/create-sandbox.ts';
import { builtProgram } from '../../support/built-program.ts';
import { createTestDatabase } from '../../support/database.ts';
import { createProject } from '../../support/in-process.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { startTestRedis } from '../../support/redis.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';
import { openWeakLink, type WeakLink } from '../../support/weak-link.ts';

const bin = await builtProgram();

const categoryApi = 'com.alibaba.product:alibaba.category.get:1';
const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
const tokenApi = 'system.oauth2:getToken:1';
const bags = 'account: business\nfeeds: [{ name: bags, categories: ["0"], max_offers: 30 }]\n';

/** The product at work, and what it stands on. */
interface World {
  readonly sandbox: Sandbox;
  readonly database: WeakLink;
  readonly redis: { close(): Promise<void> };
  readonly receiver: Receiver;
  readonly pagesUrl: string;
  readonly start: (args: readonly string[]) => ChildProcess;
  readonly run: (args: readonly string[]) => Promise<{ exitCode: number | null; out: string; err: string }>;
}

/** What every surface must say. */
interface Incident {
  readonly name: string;
  readonly service?: 'serve' | 'web';
  readonly queues?: 'redis';
  readonly sandbox?: SandboxOptions;
  readonly env?: Readonly<Record<string, string>>;
  readonly syncFile?: string;
  /** Brings the incident about; gives what `sync` said, where one was part of it. */
  provoke(world: World): Promise<void>;
  readonly id: HealthIssueId;
  readonly code: string | null;
  readonly origin: Origin;
  readonly severity: 'act' | 'warn';
  readonly readyz: string;
  /** On the overview, or on the page in its place; default: the code. */
  readonly page?: string;
  /** Of a `sync` in the middle of it; null: none can tell. */
  readonly sync: { readonly exitCode: number; readonly says: string } | null;
  /** Ends the incident. */
  readonly mend?: (world: World) => Promise<void>;
  /** A service without keys or work sends nothing. */
  readonly isSilent?: true;
}

async function withWorld(incident: Incident, work: (world: World) => Promise<void>): Promise<void> {
  const database = await createTestDatabase();
  const link = await openWeakLink(database.url);
  const sandbox = await startTestSandbox(incident.sandbox);
  const receiver = await startReceiver('generic');
  const redis = await startTestRedis();
  const cwd = createProject({ 'catalog-sync.yaml': incident.syncFile ?? bags });
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: link.url,
    ...(incident.queues === 'redis' && redis.url !== null ? { REDIS_URL: redis.url } : {}),
    ...(incident.service === 'web' ? {} : sandboxSettings(sandbox)),
    NOTIFY_WEBHOOK_URL: receiver.url,
    ...incident.env,
  };
  const running = new Set<ChildProcess>();
  const start = (args: readonly string[]) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    return child;
  };
  const run = async (args: readonly string[]) => {
    const child = start(args);
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    await once(child, 'close');
    return { exitCode: child.exitCode, ...said };
  };
  try {
    const service = start([incident.service ?? 'serve', '--port', '0']);
    let said = '';
    for (const stream of [service.stdout, service.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(() => /pages at \S+/.test(said), { timeoutMs: 60_000, what: 'the pages are served' });
    const pagesUrl = (/pages at (\S+)/.exec(said)?.[1] ?? '').replace(/\/$/, '');
    await work({ sandbox, database: link, redis, receiver, pagesUrl, start, run });
  } finally {
    for (const child of running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await Promise.all([receiver.close(), sandbox.close(), redis.close(), link.close()]);
    await database.drop();
  }
}

const sync = async ({ run }: World): Promise<void> => {
  await run(['sync', '--yes']);
};

const fetched = { readyz: 'ok', severity: 'act' } as const;

const incidents: readonly Incident[] = [
  {
    name: 'Redis is stopped',
    queues: 'redis',
    provoke: ({ redis }) => redis.close(),
    ...{ id: 'worker-failing', code: 'REDIS_UNREACHABLE', origin: 'operator', severity: 'act' },
    readyz: 'not ready: REDIS_UNREACHABLE',
    sync: { exitCode: 1, says: 'REDIS_UNREACHABLE' },
  },
  {
    name: 'Postgres is gone',
    provoke: ({ database }) => database.cut(),
    ...{ id: 'database', code: 'DATABASE_UNREACHABLE', origin: 'operator', severity: 'act' },
    readyz: 'not ready: DATABASE_UNREACHABLE',
    sync: { exitCode: 1, says: 'DATABASE_UNREACHABLE' },
  },
  {
    name: 'an API is not granted',
    sandbox: { declinedApis: [detailApi] },
    provoke: sync,
    ...{ ...fetched, id: 'hold', code: 'gw.APIACLDecline', origin: 'operator' },
    sync: { exitCode: 1, says: 'gw.APIACLDecline' },
    mend: async ({ sandbox, run }) => {
      sandbox.setGrants({ [detailApi]: true });
      await run(['doctor', '--probe', '--yes']);
      await run(['sync', '--yes']);
    },
  },
  {
    name: 'a package of calls is used up',
    provoke: async (world) => {
      world.sandbox.setFaults([{ kind: 'gateway_error', api: searchApi, code: 'gw.NoUsageLeftError' }]);
      await sync(world);
    },
    ...{ ...fetched, id: 'hold', code: 'gw.NoUsageLeftError', origin: 'operator' },
    sync: { exitCode: 1, says: 'gw.NoUsageLeftError' },
  },
  {
    name: '1688 refuses the time of the calls',
    provoke: async (world) => {
      world.sandbox.setFaults([{ kind: 'gateway_error', code: 'gw.TimestampInvalid' }]);
      await sync(world);
    },
    ...{ ...fetched, id: 'run', code: 'GATEWAY_TIMESTAMP_REFUSED', origin: 'operator' },
    sync: { exitCode: 4, says: 'GATEWAY_TIMESTAMP_REFUSED' },
  },
  {
    name: 'the token service of 1688 is down',
    env: {
      ALIBABA_ACCESS_TOKEN: '',
      ALIBABA_REFRESH_TOKEN: '00000000-0000-4000-8000-000000000002',
      TOKEN_KEY: 'ab'.repeat(32),
    },
    provoke: async (world) => {
      world.sandbox.setFaults([{ kind: 'server_error', api: tokenApi }]);
      await sync(world);
    },
    ...{ ...fetched, id: 'run', code: 'AUTH_REFRESH_UNAVAILABLE', origin: '1688' },
    sync: { exitCode: 1, says: 'AUTH_REFRESH_UNAVAILABLE' },
  },
  {
    name: 'a worker is killed',
    provoke: async ({ start, run }) => {
      const worker = start(['worker']);
      let said = '';
      worker.stderr?.on('data', (text: Buffer) => (said += text.toString()));
      const isBeating = async () => {
        const { out } = await run(['sql', '--json', 'SELECT count(*)::int AS workers FROM sync.worker']);
        return out.includes('2');
      };
      await until(() => said.includes('worker ready'), { timeoutMs: 60_000 });
      await until(isBeating, { timeoutMs: 30_000 });
      worker.kill('SIGKILL');
    },
    ...{ id: 'worker-lost', code: null, origin: 'operator', severity: 'warn', readyz: 'ok' },
    page: 'was killed or has lost its network',
    sync: { exitCode: 0, says: 'was killed or has lost its network' },
  },
  {
    name: 'a feed names a category that does not exist',
    syncFile: 'account: business\nfeeds: [{ name: bags, categories: ["999999999"] }]\n',
    provoke: sync,
    ...{ ...fetched, id: 'category-unknown', code: null, origin: 'operator' },
    page: '1688 has no category 999999999',
    sync: { exitCode: 0, says: '1688 has no category 999999999, which catalog-sync.yaml names in bags' },
  },
  {
    name: '1688 is down, and the deadline comes before its next try',
    provoke: async (world) => {
      world.sandbox.setFaults([{ kind: 'server_error', api: categoryApi, count: 3 }]);
      await world.run(['sync', '--yes', '--deadline', '60s']);
    },
    ...{ id: 'run', code: 'GATEWAY_UNAVAILABLE', origin: '1688', severity: 'warn', readyz: 'ok' },
    sync: null,
  },
  {
    name: 'no keys are set',
    service: 'web',
    provoke: () => Promise.resolve(),
    ...{ ...fetched, id: 'setup', code: 'CREDENTIALS_MISSING', origin: 'operator' },
    page: 'No App Key is set',
    sync: { exitCode: 4, says: 'CREDENTIALS_MISSING' },
    isSilent: true,
  },
];

interface StatusAnswer {
  readonly issues: readonly { id: string; code: string | null; origin: string; severity: string }[];
}

const textOf = async (url: string): Promise<string> => {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).text();
  } catch {
    return '';
  }
};

describe('within a minute every surface has the one cause', () => {
  it.concurrent.each(incidents)(
    '$name',
    async (incident) => {
      const { id, code, origin, severity, isSilent } = incident;
      await withWorld(incident, async (world) => {
        const { pagesUrl, receiver, run } = world;
        expect(await textOf(`${pagesUrl}/readyz`)).toBe('ok\n');
        await incident.provoke(world);
        // A process counts as lost after half a minute, and a slow machine looks later.
        const within = { timeoutMs: id === 'worker-lost' ? 90_000 : 60_000 };
        const isDown = id === 'database';

        const isTold = ({ items }: { items: readonly { issue: string | null; code: string | null }[] }) =>
          items.some((item) => item.issue === id && item.code === code);
        await Promise.all([
          until(async () => (await textOf(`${pagesUrl}/readyz`)) === `${incident.readyz}\n`, {
            ...{ ...within, what: '/readyz' },
          }),
          until(
            async () => {
              const page = await textOf(pagesUrl);
              return page.includes(incident.page ?? String(code)) && (isDown || page.includes('Cause:'));
            },
            { ...within, what: 'the overview' },
          ),
          until(
            async () =>
              (await textOf(`${pagesUrl}/metrics`)).includes(
                `catalogsync_health_issue{id="${id}",severity="${severity}"} 1`,
              ),
            { ...within, what: 'the metric' },
          ),
          until(
            async () => {
              const { out, err } = await run(['status', '--json']);
              if (isDown) return err.includes(String(code));
              const { issues } = JSON.parse(out) as StatusAnswer;
              return issues.some(
                (issue) =>
                  issue.id === id &&
                  issue.code === code &&
                  issue.origin === origin &&
                  issue.severity === severity,
              );
            },
            { ...within, what: '`status`', pollMs: 1000 },
          ),
          isSilent === true ||
            until(() => (receiver.taken as { items: [] }[]).some(isTold), { ...within, what: 'the webhook' }),
        ]);

        if (incident.sync === null) return;
        const said = await run(['sync', '--yes']);
        expect(`${said.out}${said.err}`.replaceAll(/\s+/g, ' ')).toContain(incident.sync.says);
        expect(said.exitCode).toBe(incident.sync.exitCode);
        if (incident.mend === undefined) return;
        await incident.mend(world);
        const { issues } = JSON.parse((await run(['status', '--json'])).out) as StatusAnswer;
        expect(issues).toEqual([]);
      });
    },
    240_000,
  );
});
