import { Command } from 'commander';
import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { openSession } from '../../../src/app/session.ts';
import { connectByWeb } from '../../../src/app/web/connect-by-web.ts';
import { createTestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';
import { startTestSandbox } from '../../support/sandbox.ts';

const settings = {
  ALIBABA_APP_KEY: '4711471',
  ALIBABA_APP_SECRET: 'aB3dE5gH7jK9',
  TOKEN_KEY: '0f'.repeat(32),
};

function open(env: Readonly<Record<string, string>>, pool = new Pool()) {
  const { context } = createWorld({ env });
  const session = openSession(new Command().setOptionValue('project', context.cwd), context, {
    logs: 'command',
  });
  return connectByWeb(session, pool, new AbortController().signal);
}

it.each(['ALIBABA_APP_KEY', 'ALIBABA_APP_SECRET', 'TOKEN_KEY'])('nobody can log in without %s', (missing) => {
  expect(open(settings)).not.toBeNull();
  expect(open({ ...settings, [missing]: '' })).toBeNull();
});

it('a hundred logins are kept, the newest; a session that begins again has one', async () => {
  const connect = open(settings);
  const begin = (session: number) => connect?.begin(`session-${String(session)}`);
  const answerTo = (session: number) =>
    connect?.finish(`session-${String(session)}`, new URLSearchParams({ state: 'foreign', code: 'x' }));
  const [known, unknown] = ['the answer belongs to another login', 'this browser has not started a login'];
  await expect(answerTo(0)).rejects.toThrow(unknown);
  for (let session = 0; session < 100; session += 1) begin(session);
  expect(begin(0)).toContain('https://auth.1688.com/oauth/authorize?');
  await expect(answerTo(1)).rejects.toThrow(known);
  begin(100);
  await expect(answerTo(1)).rejects.toThrow(unknown);
  await expect(answerTo(0)).rejects.toThrow(known);
  await expect(answerTo(2)).rejects.toThrow(known);
  await expect(answerTo(100)).rejects.toThrow(known);
});

it('a login that is completed stores its token, and is over', async () => {
  const site = 'http://localhost:3123';
  const [database, sandbox] = await Promise.all([
    createTestDatabase(),
    startTestSandbox({ redirectUris: [`${site}/api/callback`] }),
  ]);
  try {
    const { url, appKey, appSecret } = sandbox;
    const app = { ALIBABA_API_URL: url, ALIBABA_APP_KEY: appKey, ALIBABA_APP_SECRET: appSecret };
    const connect = open({ ...settings, ...app, NEXT_PUBLIC_SITE_URL: site }, database.pool);
    /** Begins a login and agrees on the page of the sandbox; gives what the browser comes back with. */
    const agree = async (session: string) => {
      const answer = await fetch(connect?.begin(session) ?? '', { redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? '').searchParams;
    };
    const back = await agree('one');
    await connect?.finish('one', back);
    const { rows } = await database.pool.query('SELECT app_key FROM sync.token');
    expect(rows).toEqual([{ app_key: appKey }]);
    await expect(connect?.finish('one', back)).rejects.toThrow('this browser has not started a login');
    const other = await agree('two');
    await database.pool.query('ALTER TABLE sync.token RENAME TO away');
    await expect(connect?.finish('two', other)).rejects.toThrow();
  } finally {
    await sandbox.close();
    await database.drop();
  }
});
