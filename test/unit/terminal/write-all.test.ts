import { EventEmitter, getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { writeAll } from '../../../src/terminal/write-all.ts';

/** A reader that takes what fits, and says later that it takes more. */
class SlowReader extends EventEmitter {
  readonly taken: string[] = [];
  isFull = false;

  write(data: string | Uint8Array): boolean {
    this.taken.push(data.toString());
    return !this.isFull;
  }
}

const open = () => ({ stdout: new SlowReader(), gone: new AbortController() });

it('what fits is written at once', async () => {
  const { stdout, gone } = open();
  expect(await writeAll({ stdout, stdoutGone: gone.signal }, 'a')).toBe(true);
  expect(await writeAll({ stdout }, 'b')).toBe(true);
  expect(stdout.taken).toEqual(['a', 'b']);
});

it('a reader that is full is waited for, and then has no listener left', async () => {
  const { stdout, gone } = open();
  stdout.isFull = true;
  let isDone = false;
  const writing = writeAll({ stdout, stdoutGone: gone.signal }, 'a').then((isThere) => {
    isDone = true;
    return isThere;
  });
  await new Promise(setImmediate);
  expect(isDone).toBe(false);
  stdout.emit('drain');
  expect(await writing).toBe(true);
  expect([stdout.listenerCount('drain'), getEventListeners(gone.signal, 'abort').length]).toEqual([0, 0]);
});

it('a reader that goes while it is waited for ends the wait, and has no listener left', async () => {
  const { stdout, gone } = open();
  stdout.isFull = true;
  const writing = writeAll({ stdout, stdoutGone: gone.signal }, 'a');
  gone.abort();
  expect(await writing).toBe(false);
  expect([stdout.listenerCount('drain'), getEventListeners(gone.signal, 'abort').length]).toEqual([0, 0]);
});

it('a reader that is gone is sent nothing', async () => {
  const { stdout, gone } = open();
  gone.abort();
  expect(await writeAll({ stdout, stdoutGone: gone.signal }, 'a')).toBe(false);
  expect(stdout.taken).toEqual([]);
});
