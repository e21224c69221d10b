import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { createFanOut } from '../../../../src/health/webhook/create-fan-out.ts';
import { notifyErrors } from '../../../../src/health/webhook/errors.ts';
import { codeOf, within } from '../../../../src/health/webhook/send-request.ts';
import type { NotificationMessage } from '../../../../src/model/notification.ts';
import { noon } from '../../../support/health-facts.ts';
import { notificationItem as item } from '../../../support/notification-items.ts';

describe('what was thrown', () => {
  const withCode = Object.assign(new Error('at https://secret'), { code: 'ECONNREFUSED' });
  const withNumber = Object.assign(new TypeError('at https://secret'), { code: 7 });

  it.each([
    ['an error with a code', withCode, 'ECONNREFUSED'],
    ['one by it', new TypeError('fetch failed', { cause: withCode }), 'ECONNREFUSED'],
    ['one by a text', new TypeError('fetch failed', { cause: 'https://secret' }), 'TypeError'],
    ['one with a number as code', withNumber, 'TypeError'],
    ['a text', 'https://secret', 'UNKNOWN'],
  ])('is named without its message: %s', (_, thrown, code) => {
    expect(codeOf(thrown)).toBe(code);
  });
});

describe('work within a time', () => {
  const aborted = (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      if (signal.aborted) resolve('at once');
      signal.addEventListener('abort', () => resolve('later'));
    });

  it('is aborted after it, with its caller, or at once where that has ended', async () => {
    const caller = new AbortController();
    expect(await within(1, caller.signal, aborted)).toBe('later');
    const work = within(60_000, caller.signal, aborted);
    caller.abort();
    expect(await work).toBe('later');
    expect(await within(60_000, caller.signal, aborted)).toBe('at once');
  });

  it('leaves nothing at its caller, and no timer, also where it fails', async () => {
    const caller = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const signals: AbortSignal[] = [];
    const fail = (signal: AbortSignal) => {
      signals.push(signal);
      return Promise.reject(new Error('no'));
    };
    await expect(within(60_000, caller.signal, fail)).rejects.toThrow('no');
    caller.abort();
    expect(signals.map(({ aborted: isAborted }) => isAborted)).toEqual([false]);
    expect(timers()).toBe(before);
  });
});

describe('a message to several receivers', () => {
  const refusal = new AppError(notifyErrors.NOTIFY_UNAVAILABLE, 'down');
  const { signal } = new AbortController();

  function open() {
    const sent: string[] = [];
    const down = new Set<string>();
    const receiver = (name: string) => ({
      send: (message: NotificationMessage) => {
        if (down.has(name)) return Promise.reject(refusal);
        sent.push(`${name} ${message.items.map(({ id }) => id).join('+')} of ${String(message.more)}`);
        return Promise.resolve();
      },
    });
    const fanOut = createFanOut([
      { name: 'all', notifier: receiver('chat'), severities: ['act', 'warn'] },
      { name: 'urgent', notifier: receiver('pager'), severities: ['act'] },
    ]);
    const send = (...ids: string[]) => {
      const items = ids.map((id) => item({ id, severity: id.startsWith('w') ? 'warn' : 'act' }));
      return fanOut.send({ source: 'live', items, more: 1, sentAt: noon }, signal);
    };
    return { sent, down, send };
  }

  it('has for each only what is meant for it', async () => {
    const { sent, send } = open();
    await send('a1', 'w2');
    await send('w3');
    expect(sent).toEqual(['chat a1+w2 of 1', 'pager a1 of 1', 'chat w3 of 1']);
  });

  it('fails while one fails, which gets all of it later, and the others nothing twice until then', async () => {
    const { sent, down, send } = open();
    down.add('pager');
    await expect(send('a1')).rejects.toBe(refusal);
    await expect(send('a1', 'a2')).rejects.toBe(refusal);
    down.clear();
    await send('a1', 'a2');
    await send('a1');
    expect(sent).toEqual([
      'chat a1 of 1',
      'chat a2 of 1',
      'pager a1+a2 of 1',
      'chat a1 of 1',
      'pager a1 of 1',
    ]);
  });
});
