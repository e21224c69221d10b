import { expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createWorld } from '../../support/in-process.ts';
import { until } from '../../support/until.ts';

/** `catalog-sync sandbox`, until it is stopped. */
function start(flags: readonly string[], keepsTyping: boolean) {
  const world = createWorld({ cwd: '/', keepsTyping, env: { LOG_LEVEL: 'not a level' } });
  const exit = runCli(['sandbox', '--offers', '100', '--categories', '10', ...flags], world.context);
  return { ...world, exit };
}

interface Stats {
  readonly now: string;
  readonly world: { readonly startAt: string };
}

async function readStats(gatewayUrl: string): Promise<Stats> {
  const answer = await fetch(new URL('/_sandbox/stats', gatewayUrl));
  return (await answer.json()) as Stats;
}

const isGone = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  );

it('prints an env file, stands for 1688 until a signal, and is gone then', async () => {
  const startAt = '2026-01-31T08:00:00.000Z';
  const { context, stdout, stderr, exit } = start(['--start-at', startAt, '--advance', '3d'], true);
  await until(() => stderr.text !== '');
  expect(stderr.text).toBe('SANDBOX: using mock data. Stop it with Ctrl-C.\n');
  const settings = stdout.text
    .trim()
    .split('\n')
    .map((line) => line.split('=', 2));
  expect(settings.map(([name]) => name)).toEqual([
    ...['ALIBABA_API_URL', 'ALIBABA_APP_KEY', 'ALIBABA_APP_SECRET', 'ALIBABA_ACCESS_TOKEN'],
  ]);
  const url = settings[0]?.[1] ?? '';
  const { now, world } = await readStats(url);
  expect(world.startAt).toBe(startAt);
  expect(Date.parse(now) - Date.now()).toBeGreaterThan(2.9 * 86_400_000);
  context.signals.emit('SIGTERM');
  expect(await exit).toBe(0);
  expect(await isGone(url)).toBe(true);
  expect(context.signals.listenerCount('SIGTERM')).toBe(0);
});

it('ends with its standard input on request only', async () => {
  const [follows, stays] = [start(['--until-stdin-ends', '--json'], true), start(['--json'], false)];
  await until(() => follows.stderr.text !== '' && stays.stderr.text !== '');
  const urlOf = ({ stdout }: typeof stays) => {
    const { ALIBABA_API_URL: url, controlUrl } = JSON.parse(stdout.text) as Record<string, string>;
    expect(controlUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/_sandbox/);
    return url ?? '';
  };
  const [ending, staying] = [urlOf(follows), urlOf(stays)];
  expect(Date.parse((await readStats(ending)).now) - Date.now()).toBeLessThan(60_000);
  follows.stdin.end();
  expect(await follows.exit).toBe(0);
  expect([await isGone(ending), await isGone(staying)]).toEqual([true, false]);
  const port = new URL(staying).port;
  const other = start(['--port', port], true);
  expect(await other.exit).toBe(1);
  expect(other.stderr.text).toMatch(
    /error SANDBOX_NOT_STARTED: the sandbox could not be started: .*EADDRINUSE/,
  );
  stays.context.signals.emit('SIGINT');
  expect(await stays.exit).toBe(0);
});

it('accepts the callback urls that it is given', async () => {
  const uri = 'https://shop.example/back';
  const { context, stdout, stderr, exit } = start(['--json', '--redirect-uri', uri], true);
  await until(() => stderr.text !== '');
  const { ALIBABA_API_URL: url = '', ALIBABA_APP_KEY: key = '' } = JSON.parse(stdout.text) as Record<
    string,
    string
  >;
  const agree = (redirect_uri: string) => {
    const page = new URL('/oauth/authorize', url);
    page.search = new URLSearchParams({ client_id: key, site: '1688', redirect_uri, state: 's' }).toString();
    return fetch(page, { redirect: 'manual' });
  };
  expect((await agree(uri)).headers.get('location')).toMatch(/^https:\/\/shop\.example\/back\?/);
  expect((await agree('https://other.example/back')).headers.get('location')).toBeNull();
  context.signals.emit('SIGTERM');
  expect(await exit).toBe(0);
});
