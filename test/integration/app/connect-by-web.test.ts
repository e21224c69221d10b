import { Command } from 'commander';
import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { openSession } from '../../../src/app/session.ts';
import { connectByWeb } from '../../../src/app/web/connect-by-web.ts';
import { createWorld } from '../../support/in-process.ts';

const settings = {
  ALIBABA_APP_KEY: '4711471',
  ALIBABA_APP_SECRET: 'aB3dE5gH7jK9',
  TOKEN_KEY: '0f'.repeat(32),
};

function open(env: Readonly<Record<string, string>>) {
  const { context } = createWorld({ env });
  const session = openSession(new Command().setOptionValue('project', context.cwd), context, {
    logs: 'command',
  });
  return connectByWeb(session, new Pool(), new AbortController().signal);
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
