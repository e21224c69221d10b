import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readImageFile } from '../../../src/extract/read-image-file.ts';

const scratch = mkdtempSync(join(tmpdir(), 'catalog-sync-pictures-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const project = join(scratch, 'project');
mkdirSync(join(project, 'pictures'), { recursive: true });

const jpeg = Buffer.from('ffd8ffe000104a464946', 'hex');
const write = (name: string, bytes: Buffer | string) => writeFileSync(join(project, name), bytes);
const codeOf = (path: string) =>
  readImageFile(project, path).then(
    () => 'read',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a file of images:', () => {
  test.each([
    ['JPEG', jpeg],
    ['PNG', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['GIF', Buffer.from('GIF89a\x01\0\x01\0', 'latin1')],
    ['WebP', Buffer.from('RIFF\x24\0\0\0WEBPVP8 ', 'latin1')],
  ])('is read when it is a %s, whatever its name', async (_, bytes) => {
    write('pictures/any.txt', bytes);
    expect(await readImageFile(project, 'pictures/any.txt')).toEqual(bytes);
  });

  test.each([
    ['an env file', 'ALIBABA_APP_SECRET=x\n'],
    ['empty', ''],
    ['a sound', 'RIFF\x24\0\0\0WAVEfmt '],
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ])('is refused when it is %s', async (_, text) => {
    write('pictures/a.jpg', text);
    expect(await codeOf('pictures/a.jpg')).toBe('IMAGE_FILE_NOT_PICTURE');
  });

  test('is refused outside of the project folder, by path and by link', async () => {
    writeFileSync(join(scratch, 'outside.jpg'), jpeg);
    mkdirSync(join(scratch, 'project-2'));
    writeFileSync(join(scratch, 'project-2', 'a.jpg'), jpeg);
    symlinkSync('../outside.jpg', join(project, 'link.jpg'));
    symlinkSync('..', join(project, 'up'));
    for (const path of [
      '../outside.jpg',
      join(scratch, 'outside.jpg'),
      '../project-2/a.jpg',
      'link.jpg',
      'up/outside.jpg',
    ])
      expect({ path, code: await codeOf(path) }).toEqual({ path, code: 'IMAGE_FILE_OUTSIDE' });
  });

  test('may be a link to a file inside, and its name may begin with dots', async () => {
    write('..bag.jpg', jpeg);
    symlinkSync('..bag.jpg', join(project, 'inside.jpg'));
    expect(await codeOf('inside.jpg')).toBe('read');
    expect(await codeOf(join(project, '..bag.jpg'))).toBe('read');
  });

  test('is refused when it is a folder, a pipe or absent, and none of them waits', async () => {
    execFileSync('mkfifo', [join(project, 'pipe.jpg')]);
    for (const path of ['pictures', 'pipe.jpg', 'absent.jpg'])
      expect({ path, code: await codeOf(path) }).toEqual({ path, code: 'IMAGE_FILE_UNREADABLE' });
  });

  test('may have exactly 300 KB', async () => {
    write('edge.jpg', Buffer.concat([jpeg, Buffer.alloc(300 * 1024 - jpeg.length)]));
    expect(await codeOf('edge.jpg')).toBe('read');
    write('over.jpg', Buffer.concat([jpeg, Buffer.alloc(300 * 1024 - jpeg.length + 1)]));
    expect(await codeOf('over.jpg')).toBe('IMAGE_FILE_TOO_LARGE');
    await expect(readImageFile(project, 'over.jpg')).rejects.toThrow('has more than 300 KB');
  });
});
