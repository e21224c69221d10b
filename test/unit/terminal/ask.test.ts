import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openAsker, QuestionLeft, type Asker } from '../../../src/terminal/ask.ts';
import { confirm } from '../../../src/terminal/confirm.ts';

/** What is typed, and all that is shown. */
function openTerminal() {
  const stdin = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { text: '' });
  const write = (data: string | Uint8Array) => {
    stderr.text += data.toString();
    return true;
  };
  return { stdin, stderr: Object.assign(stderr, { write }) };
}

const turn = () => new Promise(setImmediate);

describe('questions', () => {
  let terminal: ReturnType<typeof openTerminal>;
  let asker: Asker;
  beforeEach(() => {
    terminal = openTerminal();
    asker = openAsker(terminal);
  });
  afterEach(() => asker.close());

  it('are shown, and the answer is what was typed, without spaces around it', async () => {
    const answer = asker.ask('name? ');
    terminal.stdin.write('  Li Na \n');
    expect(await answer).toBe('Li Na');
    expect(terminal.stderr.text).toContain('name? ');
    expect(terminal.stderr.text).toContain('Li Na');
  });

  it('stay before the answer while it is corrected', async () => {
    const answer = asker.ask('name? ');
    terminal.stdin.write('Lo\u007f');
    await turn();
    expect(terminal.stderr.text).toContain('name? L');
    terminal.stderr.text = '';
    terminal.stdin.write('\u007f');
    await turn();
    // The line is written anew, with its question.
    expect(terminal.stderr.text).toContain('name? ');
    terminal.stdin.write('Li\n');
    expect(await answer).toBe('Li');
  });

  it('take what was typed ahead, also before the input ended', async () => {
    terminal.stdin.write('one\ntwo\n');
    terminal.stdin.end();
    await turn();
    expect([await asker.ask('1? '), await asker.ask('2? ')]).toEqual(['one', 'two']);
    await expect(asker.ask('3? ')).rejects.toThrow(QuestionLeft);
  });

  it('show no secret, and what is typed after it again', async () => {
    const secret = asker.askSecret('secret? ');
    terminal.stdin.write('hunter2\n');
    expect(await secret).toBe('hunter2');
    expect(terminal.stderr.text).toBe('secret? \n');
    const answer = asker.ask('name? ');
    terminal.stdin.write('Li\n');
    await answer;
    expect(terminal.stderr.text).toMatch(/^secret\? \n[^]*name\? [^]*Li/);
  });

  test.each([
    ['Ctrl-C', () => terminal.stdin.write('\u0003')],
    ['the end of the input', () => terminal.stdin.end()],
    ['a close', () => asker.close()],
  ])('are left by %s, also those that come after it', async (_, leave) => {
    const asked = asker.ask('name? ');
    leave();
    await expect(asked).rejects.toThrow(QuestionLeft);
    terminal.stderr.text = '';
    await expect(asker.ask('name? ')).rejects.toThrow(QuestionLeft);
    expect(terminal.stderr.text).toBe('name? ');
  });

  it('may be followed by a line about the answer', () => {
    asker.say('thank you');
    expect(terminal.stderr.text).toBe('thank you\n');
  });
});

describe('a yes-or-no question', () => {
  const isTty = { stdin: true, stderr: true };

  test.each([
    ['y\n', true],
    [' YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
    ['no\ny\n', false],
  ])('answered by %j is %s', async (typed, is) => {
    const terminal = openTerminal();
    terminal.stdin.write(typed);
    expect(await confirm({ ...terminal, isTty }, 'Delete it?')).toBe(is);
    expect(terminal.stderr.text).toBe('Delete it? [y/N] ');
    expect(terminal.stdin.isPaused()).toBe(true);
  });

  it('is a no when the input ends, and when it is aborted', async () => {
    const ended = openTerminal();
    ended.stdin.end();
    expect(await confirm({ ...ended, isTty }, 'Delete it?')).toBe(false);
    const left = new AbortController();
    const asked = confirm({ ...openTerminal(), isTty }, 'Delete it?', left.signal);
    left.abort();
    expect(await asked).toBe(false);
  });

  test.each([
    { stdin: false, stderr: true },
    { stdin: true, stderr: false },
  ])('is not asked where nobody can answer: %j', async (tty) => {
    const terminal = openTerminal();
    terminal.stdin.write('y\n');
    expect(await confirm({ ...terminal, isTty: tty }, 'Delete it?')).toBeNull();
    expect(terminal.stderr.text).toBe('');
  });
});
