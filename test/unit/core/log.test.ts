import fs from 'node:fs';
import { prettyFactory } from 'pino-pretty';
import { describe, expect, test, vi } from 'vitest';
import { AppError, defineErrors, toAppError } from '../../../src/core/errors.ts';
import { createLogger, prettyLines } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';

const kinds = defineErrors({
  REFUSED: { origin: 'operator', recovery: 'fail', remedy: 'Ask again.' },
  FULL: { origin: 'operator', recovery: 'retry', isOutage: true, remedy: 'Wait.' },
  AWAY: { origin: 'operator', recovery: 'retry', isOutage: true, remedy: 'Wait.' },
});

/** The lines that `write` logs, parsed. */
function linesOf(write: (log: ReturnType<typeof createLogger>) => void, level = 'info') {
  const lines: string[] = [];
  write(createLogger({ level, pretty: false, stream: { write: (line) => lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line has its level by name, its time in ISO 8601 and its fields', () => {
  const [line] = linesOf((log) => log.info({ runId: '7' }, 'batch loaded'));
  expect(line).toMatchObject({ level: 'info', runId: '7', msg: 'batch loaded' });
  expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('lines below the level are not written', () => {
  expect(linesOf((log) => log.info('quiet'), 'warn')).toEqual([]);
});

test('an AppError shows code, recovery, facts and the chain of causes', () => {
  const cause = new Error('socket closed');
  const err = new AppError(kinds.REFUSED, 'refused', { facts: { api: 'a:b:1' }, cause });
  const [line] = linesOf((log) => log.error({ err }, 'call failed'));
  expect(line?.['err']).toMatchObject({
    name: 'AppError',
    message: 'refused',
    code: 'REFUSED',
    recovery: 'fail',
    api: 'a:b:1',
    cause: { name: 'Error', message: 'socket closed' },
  });
});

test('no fact hides the code of an error', () => {
  const err = new AppError(kinds.REFUSED, 'refused', { facts: { code: '57P01', recovery: 'never' } });
  const [line] = linesOf((log) => log.error({ err }, 'call failed'));
  expect(line?.['err']).toMatchObject({ code: 'REFUSED', recovery: 'fail' });
});

test('causes in a circle end', () => {
  const err = new Error('first');
  err.cause = new Error('second', { cause: err });
  const [line] = linesOf((log) => log.error({ err }, 'call failed'));
  expect(line?.['err']).toMatchObject({ message: 'first', cause: { message: 'second' } });
});

/** An error above `count` others, each the cause of the one above it: the first is named 1. */
function errorAbove(count: number): AppError {
  let cause: Error | undefined;
  for (let n = count; n >= 1; n -= 1) cause = new Error(String(n), { cause });
  return new AppError(kinds.REFUSED, 'refused', { cause });
}

interface Shown {
  readonly message: unknown;
  readonly cause?: Shown;
}

test('of the causes of an error a line has eight', () => {
  const [line] = linesOf((log) => log.error({ err: errorAbove(10) }, 'call failed'));
  const messages: unknown[] = [];
  for (let at = line?.['err'] as Shown | undefined; at !== undefined; at = at.cause)
    messages.push(at.message);
  expect(messages).toEqual(['refused', '1', '2', '3', '4', '5', '6', '7', '8']);
});

test('an error without a cause names none, and what is thrown without being one has its text', () => {
  const [bare, text] = linesOf((log) => {
    log.error({ err: new Error('first') }, 'x');
    log.error({ err: 'just text' }, 'x');
  });
  expect(bare?.['err']).not.toHaveProperty('cause');
  expect(text?.['err']).toEqual({ message: 'just text' });
});

test.each([true, false])('no text can lie on a terminal (pretty: %s)', (pretty) => {
  const text = '\u001b[2J\u009b31m\u202egnp\u061c\u2028\u007f手机壳';
  const lines: string[] = [];
  const log = createLogger({ level: 'info', pretty, stream: { write: (line) => lines.push(line) } });
  log.warn({ text, err: new Error(text) }, 'odd');
  expect(lines.join('').trimEnd()).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  const [line] = lines.map((json) => JSON.parse(json) as { text: string });
  expect(line?.text).toBe(pretty ? '\u001b[2J\ufffd31m\ufffdgnp\ufffd\ufffd\ufffd手机壳' : text);
});

test('fields that foreign errors carry are not written', () => {
  const err = Object.assign(new Error('query failed'), {
    parameters: ['token-1'],
    config: { token: 'token-2' },
  });
  expect(JSON.stringify(linesOf((log) => log.error({ err }, 'x')))).not.toContain('token-');
});

test('a secret in a field stays secret', () => {
  expect(JSON.stringify(linesOf((log) => log.info({ secret: new Secret('hunter2') }, 'x')))).not.toContain(
    'hunter2',
  );
});

test('a terminal shows a line for each thing that happened', () => {
  const line = JSON.stringify({ level: 'info', msg: 'job ended', runId: '7', callIds: ['1', '2'] });
  const shown = prettyFactory({ ...prettyLines, colorize: false })(line);
  expect(shown.trimEnd().split('\n')).toHaveLength(1);
  expect(shown).toMatch(/job ended .*"runId":"7","callIds":\["1","2"\]/);
});

describe('an error on a terminal', () => {
  const shownOf = (err: Error) => {
    const lines: string[] = [];
    createLogger({ level: 'info', pretty: true, stream: { write: (line) => lines.push(line) } }).warn(
      { err },
      'x',
    );
    const [line] = lines.map((json) => JSON.parse(json) as { err: Record<string, unknown> });
    return { err: line?.err, text: prettyFactory({ ...prettyLines, colorize: false })(lines.join('')) };
  };

  test('of a known code is code, message, causes and what to do, without a stack', () => {
    const cause = new Error('no answer', { cause: new Error('socket closed') });
    const { err, text } = shownOf(new AppError(kinds.REFUSED, 'refused', { facts: { callId: '1' }, cause }));
    const because = 'no answer; socket closed';
    expect(err).toEqual({ code: 'REFUSED', message: 'refused', because, remedy: 'Ask again.' });
    expect(text).toContain('"remedy": "Ask again."');
    expect(text).not.toContain('    at ');
  });

  test('without a cause names none', () => {
    expect(shownOf(new AppError(kinds.REFUSED, 'refused')).err).not.toHaveProperty('because');
  });

  test('names eight causes at most', () => {
    expect(shownOf(errorAbove(10)).err?.['because']).toBe('1; 2; 3; 4; 5; 6; 7; 8');
  });

  test('whose causes go in a circle ends', () => {
    const err = new AppError(kinds.REFUSED, 'first', { cause: new Error('second') });
    (err.cause as Error).cause = err;
    expect(shownOf(err).err?.['because']).toMatch(/^second; first; [^]{1,100}$/);
  });

  test.each([new TypeError('x is undefined'), toAppError(new TypeError('x is undefined'))])(
    'that is a defect keeps its stack: %s',
    (err) => {
      expect(shownOf(err).text).toContain('    at ');
    },
  );
});

describe('an outage', () => {
  const full = new AppError(kinds.FULL, 'full');

  test('has one warning a second and code, also of different parts of a process', () => {
    const lines = linesOf((log) => {
      for (let at = 0; at < 50; at += 1) {
        log.warn({ err: full }, 'tick failed');
        log.child({ part: at }).warn({ err: full }, 'job failed');
        log.warn({ err: new AppError(kinds.AWAY, 'away') }, 'tick failed');
      }
    });
    expect(lines.map(({ err }) => (err as { code: string }).code)).toEqual(['FULL', 'AWAY']);
  });

  test('has its next warning a second later', () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] });
    try {
      const lines = linesOf((log) => {
        for (const nowMs of [0, 0, 999, 1000, 1001, 1999, 2000]) {
          vi.setSystemTime(nowMs);
          log.warn({ err: full, nowMs }, 'tick failed');
        }
        // A clock that is set back.
        vi.setSystemTime(500);
        log.warn({ err: full, nowMs: 500 }, 'tick failed');
      });
      expect(lines.map(({ nowMs }) => nowMs)).toEqual([0, 1000, 2000, 500]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('hides no error line, and no warning of another kind', () => {
    const refused = new AppError(kinds.REFUSED, 'refused');
    const lines = linesOf((log) => {
      for (const err of [full, full]) log.error({ err }, 'run halted');
      for (const err of [refused, refused]) log.warn({ err }, 'target given up');
      for (let at = 0; at < 2; at += 1) log.warn('a plain line');
    });
    expect(lines).toHaveLength(6);
  });
});

describe('without a stream', () => {
  /** What a logger writes, with the file descriptors it goes to. */
  async function writtenBy(options: { level: string; pretty: boolean }) {
    const written = vi
      .spyOn(fs, 'writeSync')
      .mockImplementation((_, data: string) => Buffer.byteLength(data));
    try {
      createLogger(options).info({ runId: '7' }, 'batch loaded');
      await vi.waitFor(() => expect(written).toHaveBeenCalled());
      return written.mock.calls.map(([fd, data]) => [fd, data] as const);
    } finally {
      written.mockRestore();
    }
  }

  test('lines go to stderr as JSON', async () => {
    const [[fd, line] = []] = await writtenBy({ level: 'info', pretty: false });
    expect(fd).toBe(2);
    expect(JSON.parse(line ?? '')).toMatchObject({ level: 'info', runId: '7', msg: 'batch loaded' });
  });

  test('or for people', async () => {
    const [[fd, line] = []] = await writtenBy({ level: 'info', pretty: true });
    expect(fd).toBe(2);
    expect(line).toMatch(/INFO.*batch loaded/);
  });
});
