import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth, padToWidth, truncateToWidth } from '../../../src/terminal/display-width.ts';
import { formatTable } from '../../../src/terminal/format-table.ts';
import { createPaint } from '../../../src/terminal/paint.ts';
import {
  createLineProgress,
  createProgress,
  formatProgress,
  type ProgressState,
} from '../../../src/terminal/progress.ts';
import { safeJson, safeLines, safeText } from '../../../src/terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../../../src/terminal/wrap-text.ts';

const escape = '\u001b';

describe('text of unknown origin', () => {
  test('can neither move the cursor nor colour, reorder or end a line', () => {
    expect(safeText(`a${escape}[2J\r\nb\u0007\u009b1m\u202e\u061cc\u007f`)).toBe(
      'a␛[2J␍␊b␇\ufffd1m\ufffd\ufffdc␡',
    );
  });

  test('keeps everything that people write', () => {
    expect(safeText('手机壳 "防摔" é 🧥 ‑ ñ')).toBe('手机壳 "防摔" é 🧥 ‑ ñ');
  });

  test('keeps its line ends where several lines are shown', () => {
    expect(safeLines(`a\tb\n${escape}c`)).toBe('a\tb\n␛c');
  });

  test('stays the same JSON value', () => {
    const value = { [`k${escape}`]: 'a\u009b\u202e', list: [1, null] };
    expect(JSON.parse(safeJson(value))).toEqual(value);
    expect(safeText(safeJson(value))).toBe(safeJson(value));
  });

  test('is safe whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
    );
  });
});

describe('width', () => {
  test.each([
    ['abc', 3],
    ['手机壳', 6],
    ['ａｂ', 4],
    ['ｱｲ', 2],
    ['👩‍👩‍👧', 2],
    ['e\u0301', 1],
    ['', 0],
  ])('%j takes %i cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });

  test('a text that is too wide ends with an ellipsis and still fits', () => {
    expect(truncateToWidth('手机壳防摔', 7)).toBe('手机壳…');
    expect(truncateToWidth('手机壳防摔', 6)).toBe('手机…');
    expect(truncateToWidth('abc', 3)).toBe('abc');
  });

  test('padding fills cells, not characters', () => {
    expect(padToWidth('手机', 6)).toBe('手机  ');
    expect(padToWidth('7', 3, 'right')).toBe('  7');
  });
});

describe('a table', () => {
  test('lines its columns up under Chinese text', () => {
    const table = formatTable(
      [{ header: 'subject' }, { header: 'price', align: 'right' }],
      [
        ['手机壳', '9.5'],
        ['bag', '120'],
      ],
    );
    expect(table).toBe(['subject  price', '-------  -----', '手机壳     9.5', 'bag        120'].join('\n'));
  });

  test('keeps one line a row, whatever a cell holds', () => {
    expect(formatTable([{ header: 'a' }], [[`x\n${escape}[31my`]]).split('\n')).toHaveLength(3);
  });

  test('leaves cells empty that a row does not have', () => {
    expect(formatTable([{ header: 'a' }, { header: 'b' }, { header: 'c' }], [['1', '2'], ['3']])).toBe(
      'a  b  c\n-  -  -\n1  2\n3',
    );
  });

  test('without rows is its headers', () => {
    expect(formatTable([{ header: 'a' }, { header: 'b' }], [])).toBe('a  b\n-  -');
  });
});

describe('progress', () => {
  const state: ProgressState = {
    label: 'details',
    callsUsed: 1200,
    budgetCalls: 5000,
    offers: 43_100,
    ratePerSecond: 3.94,
    secondsLeft: 130,
  };

  /** A stream that keeps what is written and a clock that the test moves. */
  function world(columns = 200) {
    const written: string[] = [];
    let nowMs = 0;
    return {
      written,
      stream: { columns, write: (text: string) => written.push(text) },
      clock: { now: () => new Date(nowMs) },
      advance: (ms: number) => (nowMs += ms),
    };
  }

  test('says calls of budget, offers, rate and time left', () => {
    expect(formatProgress(state)).toBe(
      'details: 1,200 of 5,000 calls, 43,100 offers, 3.9 calls/s, about 2 min left',
    );
  });

  test('leaves out what is not known', () => {
    expect(formatProgress({ ...state, budgetCalls: null, secondsLeft: null })).toBe(
      'details: 1,200 calls, 43,100 offers, 3.9 calls/s',
    );
    expect(formatProgress({ ...state, callsUsed: 1, offers: 1, budgetCalls: null, secondsLeft: null })).toBe(
      'details: 1 call, 1 offer, 3.9 calls/s',
    );
  });

  test.each([
    [0.2, '1 s'],
    [89.5, '90 s'],
    [90, '2 min'],
    [300, '5 min'],
    [5399, '90 min'],
    [5400, '1.5 h'],
    [9000, '2.5 h'],
  ])('%d seconds are shown as %s', (secondsLeft, text) => {
    expect(formatProgress({ ...state, secondsLeft })).toContain(`about ${text} left`);
  });

  test('rewrites one line on a terminal, never wider than it, and ends it once', () => {
    const { written, stream, clock } = world(30);
    const progress = createProgress(stream, { isTty: true, clock });
    progress.update(state);
    progress.update(state);
    progress.done();
    progress.done();
    expect(written).toHaveLength(3);
    expect(written[0]).toBe(`\rdetails: 1,200 of 5,000 call…${escape}[K`);
    expect(written[2]).toBe('\n');
  });

  test.each([0, undefined])('is 79 wide where the width of a terminal is unknown (%s)', (columns) => {
    const { written, stream, clock } = world();
    const progress = createProgress({ ...stream, columns }, { isTty: true, clock });
    progress.update({ ...state, label: 'x'.repeat(100) });
    expect(written[0]).toBe(`\r${'x'.repeat(78)}…${escape}[K`);
  });

  test.each([true, false])('is nothing where it is to be quiet (terminal: %s)', (isTty) => {
    const { written, stream, clock } = world();
    const line = createLineProgress(stream, { isTty, clock, isQuiet: true });
    line.update('a');
    line.done();
    expect(written).toEqual([]);
  });

  test('is a plain line at most every 5 seconds elsewhere, and the last state always', () => {
    const { written, stream, clock, advance } = world();
    const progress = createProgress(stream, { isTty: false, clock });
    for (let second = 0; second <= 7; second += 1) {
      progress.update({ ...state, callsUsed: second });
      advance(1000);
    }
    progress.done();
    progress.done();
    expect(written.map((line) => /^details: (\d) of/.exec(line)?.[1])).toEqual(['0', '5', '7']);
    expect(written.every((line) => safeText(line.trimEnd()) === line.trimEnd())).toBe(true);
  });
});

describe('wrapped text', () => {
  test('has no line that is wider than the terminal, wide characters counted', () => {
    const text = wrapText('申请权限 申请权限 please apply 申请权限 again', 20, 4);
    expect(
      text
        .split('\n')
        .map(displayWidth)
        .filter((width) => width > 20),
    ).toEqual([]);
    expect(
      text
        .split('\n')
        .slice(1)
        .every((line) => line.startsWith('    ')),
    ).toBe(true);
  });

  test.each([
    [11, 'aaaa bbbb\n  cccc dddd'],
    [10, 'aaaa bbbb\n  cccc\n  dddd'],
    [9, 'aaaa bbbb\n  cccc\n  dddd'],
    [8, 'aaaa\n  bbbb\n  cccc\n  dddd'],
  ])('fills %i cells, the indent of all lines but the first included', (width, text) => {
    expect(wrapText('aaaa bbbb cccc dddd', width, 2)).toBe(text);
  });

  test('begins with a word that is too wide for a line', () => {
    expect(wrapText('abcdefgh i', 5)).toBe('abcdefgh\ni');
  });

  test('keeps a long command in one piece', () => {
    expect(wrapText('run `catalog-sync doctor --yes`, now', 12)).toBe(
      'run\n`catalog-sync doctor --yes`,\nnow',
    );
  });

  test('fits the terminal within bounds', () => {
    expect([undefined, 10, 80, 400].map(wrapWidth)).toEqual([100, 40, 80, 120]);
  });
});

describe('colours', () => {
  const green = `${escape}[32mfine${escape}[39m`;

  test.each([
    ['a terminal', true, {}, green],
    ['a terminal, with NO_COLOR that is empty', true, { NO_COLOR: '' }, green],
    ['a terminal, with NO_COLOR', true, { NO_COLOR: '1' }, 'fine'],
    ['a dumb terminal', true, { TERM: 'dumb' }, 'fine'],
    ['a file', false, {}, 'fine'],
  ])('on %s', (_, stdout, env, expected) => {
    expect(createPaint({ isTty: { stdout }, env })('ok', 'fine')).toBe(expected);
  });

  test('of what is neither good nor bad are none', () => {
    expect(createPaint({ isTty: { stdout: true }, env: {} })(null, 'fine')).toBe('fine');
  });

  test('of a cell change no width and no header', () => {
    const paint = (cell: string) => createPaint({ isTty: { stdout: true }, env: {} })('ok', cell);
    const table = formatTable(
      [{ header: 'a long one', paint }, { header: 'b' }],
      [
        ['fine', 'x'],
        ['', 'y'],
      ],
    );
    expect(table).toBe(`a long one  b\n----------  -\n${green}        x\n            y`);
  });
});
