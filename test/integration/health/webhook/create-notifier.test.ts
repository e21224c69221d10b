import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/clock.ts';
import { notifyFormats } from '../../../../src/config/environment.ts';
import { AppError, errorMessage } from '../../../../src/core/errors.ts';
import { Secret } from '../../../../src/core/secret.ts';
import type { NotificationItem, NotificationMessage } from '../../../../src/model/notification.ts';
import { createNotifier } from '../../../../src/health/webhook/create-notifier.ts';
import { sendRequest } from '../../../../src/health/webhook/send-request.ts';
import {
  pathToken,
  queryToken,
  signingSecret,
  startReceiver,
  type Receiver,
  type ReceiverFormat,
  type Trouble,
} from '../../../support/receiver.ts';

let receiver: Receiver | null = null;

afterEach(async () => {
  await receiver?.close();
  receiver = null;
});

const item: NotificationItem = {
  id: 'a'.repeat(32),
  key: 'run:all:GATEWAY_TIMEOUT',
  phase: 'begun',
  severity: 'act',
  summary: 'Run 12 (all) is incomplete because of `GATEWAY_TIMEOUT`: 2 targets failed.',
  remedy: 'Look at `catalog-sync status`.',
  path: '/runs/12',
  since: new Date('2026-11-25T18:30:00Z'),
  issueId: 'run',
  runId: '12',
  code: 'GATEWAY_TIMEOUT',
  change: null,
  cause: { origin: '1688', since: null, healsItself: true, healsAt: new Date('2026-11-25T19:00:00Z') },
};

const hostile: NotificationItem = {
  ...item,
  phase: 'lasting',
  severity: 'warn',
  summary: `<!channel> <script> & [a](https://evil.example) ![b](https://evil.example/x.png)\n# big\u202e${'x'.repeat(5000)}`,
};

const message: NotificationMessage = {
  source: 'sandbox',
  items: [item, hostile, { ...item, phase: 'over' }],
  more: 3,
  sentAt: new Date('2026-11-25T18:31:00Z'),
};

async function open(
  format: ReceiverFormat,
  options: { timeoutMs?: number; siteUrl?: string; command?: string } = {},
) {
  receiver = await startReceiver(format);
  const notifier = createNotifier({
    url: new Secret(receiver.url),
    format,
    dingTalkSecret: new Secret(signingSecret),
    siteUrl: options.siteUrl ?? null,
    ...(options.command === undefined ? {} : { command: options.command }),
    clock: systemClock,
    timeoutMs: options.timeoutMs ?? 5000,
  });
  const send = () => notifier.send(message, new AbortController().signal);
  return { receiver, notifier, send };
}

describe.each(notifyFormats)('a receiver of %s', (format) => {
  it('is sent commands that can be typed where the sender runs', async () => {
    const { receiver: to, send } = await open(format, { command: 'node bin/catalog-sync.js' });
    await send();
    const text = JSON.stringify(to.taken);
    expect(text).toContain('Look at `node bin/catalog-sync.js status`.');
    expect(text).not.toContain('`catalog-sync');
  });

  it('takes a message with any names in it', async () => {
    const { receiver: to, send } = await open(format, { siteUrl: 'https://ops.example.com/catalog' });
    expect((await send()).httpStatus).toBe(200);
    expect(to.faults).toEqual([]);
    const text = JSON.stringify(to.taken);
    expect(text).toContain('SANDBOX, using mock data');
    expect(text).toContain('https://ops.example.com/catalog/runs/12');
    expect(text).toContain('And 3 more');
    expect(text).toContain('Still, since 2026-11-26 02:30');
    expect(text).not.toContain('\u202e');
    if (format !== 'generic') expect(text).not.toContain('<!channel>');
    if (format === 'dingtalk') expect(text).not.toContain('](https://evil');
  });

  it('takes the longest message there can be', async () => {
    const { receiver: to, notifier } = await open(format, { siteUrl: 'https://ops.example.com/catalog' });
    const long = { ...item, summary: '双'.repeat(900), remedy: '十一'.repeat(900) };
    const items = Array.from({ length: 20 }, () => long);
    await notifier.send({ ...message, items }, new AbortController().signal);
    expect(to.faults).toEqual([]);
    expect(JSON.stringify(to.taken)).toMatch(format === 'dingtalk' ? /And 1\d more/ : /And 3 more/);
  });

  it('gets pages by their path where their address is not known', async () => {
    const { receiver: to, send } = await open(format);
    await send();
    expect(to.faults).toEqual([]);
    expect(JSON.stringify(to.taken)).toContain('page /runs/12');
  });

  const echo: Trouble = (response, request) =>
    response.writeHead(403).end(`${request.url ?? ''} ${signingSecret} ${encodeURIComponent(queryToken)}`);

  it.each<[string, Trouble, string, RegExp]>([
    ['that fails', (response) => response.writeHead(500).end(), 'NOTIFY_UNAVAILABLE', /HTTP 500$/],
    ['that is busy', (response) => response.writeHead(429).end(), 'NOTIFY_THROTTLED', /HTTP 429$/],
    [
      'that refuses',
      (response) => response.writeHead(404).end('no_team'),
      'NOTIFY_REFUSED',
      /HTTP 404: no_team$/,
    ],
    [
      'that leads elsewhere',
      (response) => response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end(),
      'NOTIFY_REFUSED',
      /HTTP 307, a redirect/,
    ],
    ['that hangs up', (response) => response.destroy(), 'NOTIFY_UNAVAILABLE', /UND_ERR_SOCKET|ECONNRESET/],
    ['that quotes what it was asked', echo, 'NOTIFY_REFUSED', /\[secret\]/],
  ])('%s is an error without secrets', async (_name, trouble, code, said) => {
    const { receiver: to, send } = await open(format);
    to.setTrouble(trouble);
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(said) as string });
    const text = `${errorMessage(error)} ${JSON.stringify(error instanceof AppError ? error.facts : null)}`;
    for (const secret of [pathToken, queryToken, ...(format === 'dingtalk' ? [signingSecret] : [])]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/sign=[^&[]/);
    expect(to.requests).toBe(1);
  });

  it('that says nothing is given up in time', async () => {
    const { receiver: to, send } = await open(format, { timeoutMs: 100 });
    to.setTrouble((response) => {
      response.write('{');
    });
    await expect(send()).rejects.toMatchObject({
      code: 'NOTIFY_UNAVAILABLE',
      message: 'the receiver did not answer within 100 ms',
    });
  });

  it('that never stops talking is not listened to', async () => {
    const { receiver: to, send } = await open(format);
    to.setTrouble((response) => {
      const talk = () => {
        if (!response.destroyed) response.write('x'.repeat(4096), talk);
      };
      talk();
    });
    if (format === 'generic') expect((await send()).answer.length).toBeLessThan(500);
    else await expect(send()).rejects.toMatchObject({ code: 'NOTIFY_REFUSED' });
  });
});

describe('an answer with status 200', () => {
  const answer =
    (body: string): Trouble =>
    (response) =>
      response.end(body);

  it.each<[ReceiverFormat, string, string, RegExp]>([
    ['slack', '<html>ok</html>', 'NOTIFY_REFUSED', /as Slack does/],
    ['dingtalk', 'ok', 'NOTIFY_REFUSED', /with JSON/],
    ['dingtalk', '{"ok":true}', 'NOTIFY_REFUSED', /with an errcode/],
    ['dingtalk', '{"errcode":310000,"errmsg":"sign not match"}', 'NOTIFY_REFUSED', /310000: sign not match/],
    ['dingtalk', '{"errcode":130101,"errmsg":"send too fast"}', 'NOTIFY_THROTTLED', /too fast/],
  ])('of %s that says %s is a refusal', async (format, body, code, said) => {
    const { receiver: to, send } = await open(format);
    to.setTrouble(answer(body));
    await expect(send()).rejects.toMatchObject({ code, message: expect.stringMatching(said) as string });
  });
});

it('a receiver says how long to leave it alone, in seconds or by a date', async () => {
  const { receiver: to, send } = await open('slack');
  to.setTrouble((response) => response.writeHead(429, { 'retry-after': '120' }).end());
  await expect(send()).rejects.toMatchObject({ retryAfterMs: 120_000 });
  const date = new Date(Date.now() + 90_000).toUTCString();
  to.setTrouble((response) => response.writeHead(503, { 'retry-after': date }).end());
  const error = await send().catch((thrown: unknown) => thrown);
  expect(error instanceof AppError ? error.retryAfterMs : 0).toBeGreaterThan(80_000);
});

it('a receiver that does not listen is named by its socket’s code', async () => {
  const { receiver: to, send } = await open('generic');
  await to.close();
  receiver = null;
  await expect(send()).rejects.toMatchObject({
    code: 'NOTIFY_UNAVAILABLE',
    message: 'the receiver could not be reached (ECONNREFUSED)',
  });
});

it('an address that is not safe is never called', () => {
  const options = { format: 'generic', dingTalkSecret: null, siteUrl: null, clock: systemClock } as const;
  const make = (url: string) => () => createNotifier({ ...options, url: new Secret(url) });
  for (const url of ['http://receiver.example/abc', 'ftp://127.0.0.1/abc', 'no address'])
    expect(make(url)).toThrow('must be https');
  for (const url of ['https://receiver.example/abc', 'http://127.0.0.1:1/abc'])
    expect(make(url)).not.toThrow();
});

it.each<[ReceiverFormat, Secret | null, boolean]>([
  ['dingtalk', new Secret(signingSecret), true],
  ['dingtalk', null, false],
  ['slack', new Secret(signingSecret), false],
])(
  'a message to %s is signed only as DingTalk, and with a secret',
  async (format, dingTalkSecret, isSigned) => {
    const { receiver: to } = await open(format);
    const asked: string[] = [];
    to.setTrouble((response, { url = '' }) => {
      asked.push(url);
      response.writeHead(500).end();
    });
    const options = { format, dingTalkSecret, siteUrl: null, clock: systemClock };
    const notifier = createNotifier({ ...options, url: new Secret(to.url) });
    await expect(notifier.send(message, new AbortController().signal)).rejects.toThrow('HTTP 500');
    expect(asked.map((url) => url.includes('sign='))).toEqual([isSigned]);
  },
);

it('the first 16 KiB of an answer are read, in how many pieces they come', async () => {
  const { receiver: to } = await open('generic');
  const answerTo = async (trouble: Trouble) => {
    to.setTrouble(trouble);
    return sendRequest(new URL(to.url), { method: 'POST' }, new AbortController().signal);
  };
  const whole = await answerTo((response) => response.writeHead(200, { 'retry-after': '7' }).end('abc'));
  expect(whole).toEqual({ httpStatus: 200, retryAfter: '7', body: 'abc' });
  expect(await answerTo((response) => response.writeHead(204).end())).toEqual({
    ...{ httpStatus: 204, retryAfter: null, body: '' },
  });
  const { body } = await answerTo((response) => {
    response.write('a'.repeat(16_000), () => response.end('b'.repeat(1000)));
  });
  expect(body).toBe('a'.repeat(16_000) + 'b'.repeat(384));
});
