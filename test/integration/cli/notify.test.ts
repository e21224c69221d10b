import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import type { Environment } from '../../../src/config/environment.ts';
import { apiOf, endpoints } from '../../../src/extract/endpoints/endpoints.ts';
import { withTestStack } from '../../support/stack.ts';
import {
  pathToken,
  queryToken,
  signingSecret,
  startReceiver,
  type Receiver,
} from '../../support/receiver.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver('dingtalk');
});
afterEach(() => receiver.close());

async function run(args: readonly string[], env: Environment, files: Record<string, string> = {}) {
  const world = createWorld({ env, cwd: createProject(files) });
  const exitCode = await runCli(args, world.context);
  const text = world.stdout.text + world.stderr.text;
  for (const secret of [pathToken, queryToken, signingSecret]) expect(text).not.toContain(secret);
  return { exitCode, out: world.stdout.text, err: world.stderr.text };
}

const dingtalk = () => ({
  NOTIFY_WEBHOOK_URL: receiver.url,
  NOTIFY_FORMAT: 'dingtalk',
  NOTIFY_DINGTALK_SECRET: signingSecret,
});

describe('notify test', () => {
  it('shows what the receiver answers', async () => {
    const { exitCode, out } = await run(['notify', 'test'], dingtalk());
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^127\.0\.0\.1:\d+ accepted a message of format dingtalk\. It answered HTTP 200: \{"errcode":0,"errmsg":"ok"\}\n$/,
    );
    expect(JSON.stringify(receiver.taken)).toContain('This is a test');
    const { out: json } = await run(['notify', 'test', '--json'], dingtalk());
    expect(JSON.parse(json)).toMatchObject({ format: 'dingtalk', httpStatus: 200 });
  });

  it('says why the receiver refuses, and what to do', async () => {
    const { exitCode, err } = await run(['notify', 'test'], {
      ...dingtalk(),
      NOTIFY_DINGTALK_SECRET: 'another0secret',
    });
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /^error NOTIFY_REFUSED: DingTalk refused it with errcode 310000: sign not match\nwhat to do: Check/,
    );
  });

  it('needs a receiver', async () => {
    const { exitCode, err } = await run(['notify', 'test'], {});
    expect(exitCode).toBe(4);
    expect(err).toContain('error NOTIFY_NOT_SET');
  });
});

it.each([
  ['http://hooks.slack.com/services/T0secretPathToken', 'is not a https url'],
  ['https://user:q0secretQueryToken@hooks.slack.com/', 'must have no user or fragment'],
  ['T0secretPathToken', 'is not a https url'],
])('an address that can not be used is refused without being shown: %#', async (url, said) => {
  const { exitCode, err } = await run(['notify', 'test'], { NOTIFY_WEBHOOK_URL: url });
  expect(exitCode).toBe(4);
  expect(err).toContain(`NOTIFY_WEBHOOK_URL ${said}`);
});

describe('doctor', () => {
  const lineOf = async (env: Environment) => {
    const { out } = await run(['doctor', '--offline', '--json'], env);
    const { checks } = JSON.parse(out) as { checks: { name: string; status: string; message: string }[] };
    return checks.filter(({ name }) => name === 'notifications');
  };

  it('says whether notifications are sent, and in a format that the receiver accepts', async () => {
    expect(await lineOf({})).toMatchObject([{ status: 'skip' }]);
    expect(await lineOf(dingtalk())).toMatchObject([
      { status: 'ok', message: expect.stringMatching(/^to 127/) as string },
    ]);
    const slack = 'https://hooks.slack.com/services/x/T0secretPathToken';
    expect(await lineOf({ NOTIFY_WEBHOOK_URL: slack })).toMatchObject([
      { status: 'warn', message: 'hooks.slack.com does not understand format generic' },
    ]);
    expect(
      await lineOf({
        NOTIFY_WEBHOOK_URL: slack,
        NOTIFY_FORMAT: 'slack',
        NOTIFY_DINGTALK_SECRET: signingSecret,
      }),
    ).toMatchObject([{ status: 'warn' }]);
  });
});

it('a sync by cron notifies of the end of its run before it exits, and doctor says when that was delivered', () =>
  withTestStack(
    { backend: 'postgres', sandbox: { declinedApis: [apiOf(endpoints['search.keyword'])] } },
    async (stack) => {
      const env = { ...stack.env, ...dingtalk() };
      const files = {
        'catalog-sync.yaml': 'account: business\nfeeds:\n  - { name: words, keywords: [手机壳] }\n',
      };
      const { exitCode } = await run(['sync'], env, files);
      expect(exitCode).toBe(1);
      expect(receiver.faults).toEqual([]);
      const reported = JSON.stringify(receiver.taken);
      expect(reported).toMatch(/Run \d+ \(all\) is incomplete because of `gw\.APIACLDecline`/);
      expect(reported).toContain('SANDBOX, using mock data');
      const { out } = await run(['doctor', '--offline'], env, files);
      expect(out).toMatch(/last delivered 20\d\d-/);
    },
  ));
