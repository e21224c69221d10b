import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { CloseStack, listenForShutdown } from '../../../src/core/lifecycle.ts';
import { createLogger } from '../../../src/core/log.ts';

const log = createLogger({ level: 'silent', pretty: false });

test('things are closed newest first, each also when another fails, and only once', async () => {
  const closed: string[] = [];
  const warned: string[] = [];
  const stack = new CloseStack();
  stack.add('pool', () => void closed.push('pool'));
  stack.add('queue', () => Promise.reject(new Error('gone')));
  stack.add('worker', async () => void closed.push('worker'));
  const noisy = createLogger({
    level: 'warn',
    pretty: false,
    stream: { write: (line) => warned.push(line) },
  });
  await stack.close(noisy);
  await stack.close(noisy);
  expect(closed).toEqual(['worker', 'pool']);
  expect(warned).toHaveLength(1);
  expect(warned[0]).toContain('"resource":"queue"');
});

test('something added while closing is closed too', async () => {
  const closed: string[] = [];
  const stack = new CloseStack();
  stack.add('outer', () => stack.add('inner', () => void closed.push('inner')));
  await stack.close(log);
  expect(closed).toEqual(['inner']);
});

test('the first signal drains, the second one stops now', () => {
  const target = new EventEmitter();
  const shutdown = listenForShutdown(target);
  target.emit('SIGTERM');
  expect([shutdown.drain.aborted, shutdown.stopNow.aborted]).toEqual([true, false]);
  target.emit('SIGINT');
  expect([shutdown.drain.aborted, shutdown.stopNow.aborted]).toEqual([true, true]);
});

test('after dispose nobody listens', () => {
  const target = new EventEmitter();
  const shutdown = listenForShutdown(target);
  shutdown.dispose();
  target.emit('SIGTERM');
  expect(shutdown.drain.aborted).toBe(false);
  expect(target.listenerCount('SIGTERM') + target.listenerCount('SIGINT')).toBe(0);
});
