import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { builtProgram } from '../../support/built-program.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { pingToken, startPingReceiver, type PingReceiver } from '../../support/ping-receiver.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { listBackends } from '../../support/stack.ts';
import { startTestRedis } from '../../support/redis.ts';

const bin = await builtProgram();
const appKey = '1000000';
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
const tokenKey = randomBytes(32).toString('hex');
const role = `secrets_${randomBytes(5).toString('hex')}`;
const reader = `${role}_reader`;
const secrets = {
  appSecret: 'zq-app-secret-6601',
  otherAppSecret: 'zq-other-app-secret-6602',
  staleToken: 'zq-stale-access-6603',
  refreshToken: 'zq-refresh-6604',
  databasePassword: 'zq-database-6605',
  readerPassword: 'zq-reader-6610',
  redisPassword: 'zq-redis-6606',
  webhookPath: 'zq-webhook-path-6607',
  webhookQuery: 'zq-webhook-query-6608',
  signingSecret: 'zq-signing-6609',
  pingToken,
  tokenKey,
};

let database: TestDatabase;
let sandbox: Sandbox;
let databaseUrl: string;
let readUrl: string;
let receiver: Receiver;
let pingReceiver: PingReceiver;
beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startTestSandbox({
    ...{ appKey, appSecret: secrets.appSecret, refreshToken: secrets.refreshToken },
    faults: [
      { kind: 'truncate', count: 1 },
      ...(['reset', 'server_error'] as const).map((kind) => ({ kind, api: searchApi, count: 1 })),
    ],
  });
  await database.pool.query(`create role ${role} superuser login password '${secrets.databasePassword}'`);
  await database.pool.query(
    `create role ${reader} login password '${secrets.readerPassword}' in role catalog_analyst`,
  );
  const urlOf = (username: string, password: string) =>
    Object.assign(new URL(database.url), { username, password }).href;
  databaseUrl = urlOf(role, secrets.databasePassword);
  readUrl = urlOf(reader, secrets.readerPassword);
  receiver = await startReceiver('dingtalk');
  // It quotes all that it was asked, and so is something to be told: as is the hold of an API that nobody calls.
  receiver.setTrouble((response, { url: asked }, body) =>
    response.writeHead(403).end(`${asked ?? ''} ${body}`),
  );
  pingReceiver = await startPingReceiver();
  pingReceiver.setAnswer((response) => response.writeHead(404).end(pingToken));
  await database.pool.query(
    "insert into usage.api_hold (api, code, held_at) values ('a:b:1', 'HELD_BY_HAND', now())",
  );
});
afterAll(async () => {
  await database.pool.query(`reassign owned by ${role} to current_user`);
  await database.pool.query(`drop role ${role}, ${reader}`);
  await receiver.close();
  await pingReceiver.close();
  await sandbox.close();
  await database.drop();
});

const project = createProject({
  'catalog-sync.yaml':
    'account: business\nfeeds:\n  - { name: all, categories: ["0"] }\nquotas:\n  per_second: 1000\n',
});

/** The settings of a project that has every secret there is. */
const settings = () => ({
  ALIBABA_API_URL: sandbox.url,
  ALIBABA_APP_KEY: appKey,
  ALIBABA_APP_SECRET: secrets.appSecret,
  ALIBABA_ACCESS_TOKEN: secrets.staleToken,
  ALIBABA_REFRESH_TOKEN: secrets.refreshToken,
  TOKEN_KEY: tokenKey,
  DATABASE_URL: databaseUrl,
  DATABASE_READ_URL: readUrl,
  NOTIFY_WEBHOOK_URL: new URL(`/${secrets.webhookPath}?t=${secrets.webhookQuery}`, receiver.url).href,
  NOTIFY_FORMAT: 'dingtalk',
  NOTIFY_DINGTALK_SECRET: secrets.signingSecret,
  HEARTBEAT_URL: pingReceiver.url,
});

/** Everything that a process writes, by whatever means, at its most talkative. */
async function runProcess(args: readonly string[], env: Record<string, string>): Promise<string> {
  const flags = ['--project', project, '--log-level', 'trace'];
  const child = spawn(process.execPath, [bin, ...args, ...flags], {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', ...settings(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stdout.on('data', (piece: Buffer) => (written += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (written += piece.toString()));
  await once(child, 'close');
  return written;
}

/** As `runProcess`, without the price of a process. */
async function runHere(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { context, stdout, stderr } = createWorld({ env: { ...settings(), ...env } });
  await runCli([...args, '--project', project, '--log-level', 'trace'], context);
  return stdout.text + stderr.text;
}

function unzipped(bytes: Buffer): string {
  try {
    return gunzipSync(bytes).toString();
  } catch {
    return '';
  }
}

/** Every value of every table of the database, compressed ones in both forms. */
async function readDatabase(pool: Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<unknown[]>({ text: `select * from ${name}`, rowMode: 'array' });
    for (const value of rows.flat()) {
      if (Buffer.isBuffer(value)) texts.push(value.toString('latin1'), unzipped(value));
      else texts.push(typeof value === 'string' ? value : JSON.stringify(value));
    }
  }
  return texts.join('\n');
}

/** Everything that is said to a Redis, including what it keeps for a moment only. */
async function listenTo(url: string) {
  const client = new Redis(url);
  const said: string[] = [];
  const monitor = await client.monitor();
  monitor.on('monitor', (_time: string, args: string[]) => said.push(args.join(' ')));
  return {
    said,
    close: () => {
      monitor.disconnect();
      client.disconnect();
    },
  };
}

/** The secrets that a text holds, as they are or in an encoding. */
function leaksIn(text: string, all: Readonly<Record<string, string>>): string[] {
  return Object.entries(all).flatMap(([name, secret]) => {
    const bytes = Buffer.from(secret);
    const forms = [secret, bytes.toString('hex'), bytes.toString('base64').slice(0, -4)];
    return forms.some((form) => text.includes(form)) ? [name] : [];
  });
}

test.each(listBackends())('a whole sync on %s writes no secret anywhere', async (backend) => {
  const redis = backend === 'redis' ? await startTestRedis() : null;
  const ear = redis?.url ? await listenTo(redis.url) : null;
  try {
    // A day on, everything is due again, and the token over.
    await database.pool.query(`update usage.ledger_clock set "offset" = "offset" + interval '1 day'`);
    sandbox.advance(86_400_000);
    const redisUrl = redis?.url?.replace('//', `//:${secrets.redisPassword}@`);
    const written = await runProcess(['sync'], redisUrl ? { REDIS_URL: redisUrl } : {});
    expect(written).toMatch(/outcome +succeeded/);
    expect(written).toContain('call settled');
    expect(written).toContain('NOTIFY_REFUSED');
    expect(written).toContain('heartbeat ping failed');

    const log = createLogger({ level: 'silent', pretty: false });
    const store = createTokenStore({ pool: database.pool, log, key: new Secret(tokenKey) });
    const tokens = await store.read(appKey);
    const refreshed = tokens?.accessToken.reveal() ?? secrets.staleToken;
    expect(refreshed).not.toBe(secrets.staleToken);

    const stored = await readDatabase(database.pool);
    // The search finds what is there: plain text, and text inside compressed bodies.
    for (const known of [appKey, 'categoryInfo', 'transport_error', 'NOTIFY_REFUSED'])
      expect(stored).toContain(known);
    const all = { ...secrets, refreshed };
    for (const text of [written, stored, ear?.said.join('\n') ?? '']) {
      expect(leaksIn(text, all)).toEqual([]);
      expect(text).not.toMatch(/_aop_signature|client_secret|access_token=/);
    }
    if (ear) expect(ear.said.join('\n')).toContain('catalog-sync:');
    expect(readdirSync(project)).toEqual(['catalog-sync.yaml']);
  } finally {
    ear?.close();
    await redis?.close();
  }
});

test('verbs that fail write no secret either', async () => {
  const nowhere = (user: string, password: string) => `postgres://${user}:${password}@127.0.0.1:1/none`;
  const noSuchDatabase = databaseUrl.replace(/\/[^/]*$/, '/none');
  const wrongPassword = databaseUrl.replace(secrets.databasePassword, secrets.redisPassword);
  const written = [
    await runHere(['doctor', '--yes'], { ALIBABA_APP_SECRET: secrets.otherAppSecret }),
    await runHere(['status'], { DATABASE_URL: nowhere(role, secrets.databasePassword) }),
    await runHere(['status'], { DATABASE_URL: noSuchDatabase }),
    await runHere(['status'], { DATABASE_URL: wrongPassword }),
    await runHere(['sync'], { ALIBABA_APP_KEY: secrets.otherAppSecret }),
    await runHere(['sync'], { TOKEN_KEY: `${tokenKey}0`, DATABASE_URL: `${databaseUrl}%` }),
    await runHere(['notify', 'test'], {}),
    await runHere(['notify', 'test'], { NOTIFY_WEBHOOK_URL: `http://${secrets.webhookPath}.example/` }),
    await runHere(['doctor', '--offline'], {}),
    await runHere(['doctor', '--offline', '--json'], {}),
    await runHere(['sql', 'select * from sync.token, nowhere'], {}),
    await runHere(['sql', 'select current_user'], {}),
    await runHere(['sql', 'select rolpassword from pg_authid'], {}),
    await runHere(['sql', 'select 1'], { DATABASE_READ_URL: nowhere(reader, secrets.readerPassword) }),
    await runHere(['sql', 'select 1'], { DATABASE_READ_URL: `${readUrl}%` }),
    await runHere(['sql', 'select 1'], {
      DATABASE_READ_URL: readUrl.replace(`:${secrets.readerPassword}`, `:${secrets.redisPassword}`),
    }),
    await runHere(['export', '--query', 'select * from nowhere'], {}),
  ];
  // The reader is the login of queries, so that its password is in use.
  expect(written.join('\n')).toMatch(new RegExp(`^${reader}\\s*$`, 'm'));
  expect(written.join('\n')).toContain('GATEWAY_SIGNATURE_REFUSED');
  expect(written.join('\n')).toContain('DATABASE_UNREACHABLE');
  expect(written.map((text) => leaksIn(text, secrets))).toEqual(written.map(() => []));
});
