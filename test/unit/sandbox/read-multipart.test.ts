import { describe, expect, test } from 'vitest';
import { readMultipart } from '../../../src/sandbox/read-multipart.ts';
import { settle } from '../../../src/sandbox/options.ts';

const type = 'multipart/form-data; boundary=x9';
const read = (contentType: string, body: string) =>
  readMultipart(contentType, Buffer.from(body, 'latin1'))?.map(({ name, isFile, bytes }) => [
    ...[name, isFile, bytes.toString('latin1')],
  ]) ?? null;

const part = (head: string, content: string) =>
  `--x9\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;

describe('a multipart body', () => {
  test.each([
    ['a field', part('name="a"', '1')],
    [
      'a field with other heads',
      `--x9\r\nX: 1\r\ncontent-disposition: form-data; name="a"\r\nY: 2\r\n\r\n1\r\n`,
    ],
    ['after a preamble', `hello\r\n${part('name="a"', '1')}`],
  ])('has %s', (_name, body) => expect(read(type, `${body}--x9--\r\n`)).toEqual([['a', false, '1']]));

  test('has files, and bytes of every kind', () => {
    const bytes = 'a\r\n\r\nb\u0000\u00ff--x9';
    const body = `${part('name="a"; filename="a.png"', bytes)}${part(`filename*=utf-8''a; name="b"`, '')}--x9--`;
    expect(read(type, body)).toEqual([
      ['a', true, bytes],
      ['b', true, ''],
    ]);
  });

  test.each([
    ['boundary="x9"', true],
    ['Boundary=x9; charset=utf-8', true],
    ['boundary=x8', false],
    ['charset=utf-8', false],
  ])('is told apart by %s: %s', (boundary, isGood) =>
    expect(read(`multipart/form-data; ${boundary}`, `${part('name="a"', '1')}--x9--`) !== null).toBe(isGood),
  );

  test.each([
    ['no end', part('name="a"', '1')],
    ['no end at its end', `${part('name="a"', '1')}--x9 --`],
    ['no parts', ''],
    ['a part without a name', `${part('name="a"', '1')}${part('filename="b"', '2')}--x9--`],
    ['a part without an end of its head', `--x9\r\nContent-Disposition: form-data; name="a"\r\n--x9--`],
    [
      'a part that does not begin on a line of its own',
      `--x9  Content-Disposition: form-data; name="a"\r\n\r\n1\r\n--x9--`,
    ],
  ])('is malformed with %s', (_name, body) => expect(read(type, body)).toBeNull());

  test('is malformed where its type names no boundary', () => {
    const body = part('name="a"', '1').replace('--x9', '--');
    expect(read('multipart/form-data', `${body}----`)).toBeNull();
  });

  test('may have no part but its end', () => expect(read(type, '--x9--')).toEqual([]));
});

describe('the settings of a sandbox', () => {
  const bounds = [
    ['offers', 100, 1_000_000],
    ['categories', 10, 5000],
    ['categoryCycle', 3, 20],
    ['worldStepMs', 1, Number.MAX_SAFE_INTEGER],
  ] as const;

  test.each(bounds)('%s is a whole number from %d to %d', (name, min, max) => {
    for (const value of [min, max]) expect(settle({ [name]: value })[name]).toBe(value);
    for (const value of [min - 1, max + 1, min + 0.5, Number.NaN]) {
      expect(() => settle({ [name]: value })).toThrow(
        new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`),
      );
    }
  });

  test('have a default each, and no cycle', () => {
    expect(settle({})).toMatchObject({
      offers: 300,
      categories: 60,
      categoryCycle: null,
      nature: { birth: 0.001 },
    });
    expect(settle({ nature: { birth: 0 } }).nature).toMatchObject({ birth: 0, departure: 0.0005 });
    const now = new Date(5);
    expect(settle({ clock: { now: () => now } }).startAt).toBe(now);
  });
});
