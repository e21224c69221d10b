import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { findProjectFile, readAtMost } from '../../../src/core/read-project-file.ts';

let outer: string;
let project: string;
beforeAll(() => {
  outer = realpathSync(mkdtempSync(join(tmpdir(), 'project-file-')));
  project = join(outer, 'project');
  mkdirSync(join(project, 'lists', '..more'), { recursive: true });
  writeFileSync(join(outer, 'secret.txt'), 'x');
  writeFileSync(join(project, 'offers.txt'), '12345');
  writeFileSync(join(project, 'lists', '..more', 'a.txt'), 'x');
  symlinkSync('../offers.txt', join(project, 'lists', 'inside'));
  symlinkSync('../../secret.txt', join(project, 'lists', 'outside'));
  symlinkSync('project', join(outer, 'link'));
});
afterAll(() => rmSync(outer, { recursive: true }));

describe('a file of the project', () => {
  test.each([
    ['offers.txt', 'offers.txt'],
    ['lists/../offers.txt', 'offers.txt'],
    ['lists/inside', 'offers.txt'],
    ['lists/..more/a.txt', 'lists/..more/a.txt'],
    ['.', ''],
  ])('%s is %j, also where a link leads to the project', async (path, file) => {
    for (const folder of [project, join(outer, 'link')])
      expect(await findProjectFile(folder, path)).toBe(join(project, file));
  });

  test.each(['..', '../secret.txt', 'lists/outside', '/', '/etc/passwd'])('is not %s', async (path) => {
    expect(await findProjectFile(project, path)).toBeNull();
  });

  it('has to be there', async () => {
    await expect(findProjectFile(project, 'none.txt')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('reading', () => {
  const read = async (maxBytes: number) =>
    Buffer.from(await readAtMost(join(project, 'offers.txt'), maxBytes)).toString();

  test.each([
    [4, '1234'],
    [5, '12345'],
    [6, '12345'],
    [1_000_000, '12345'],
  ])('at most %i bytes gives %s', async (maxBytes, text) => {
    expect(await read(maxBytes)).toBe(text);
  });

  it('refuses a folder, and a link in the place of the file', async () => {
    await expect(readAtMost(project, 10)).rejects.toThrow('it is not a file');
    await expect(readAtMost(join(project, 'lists', 'inside'), 10)).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it.runIf(process.platform === 'linux')('leaves no file open, also when it refuses', async () => {
    const opened = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(project);
        } catch {
          return false;
        }
      });
    await read(10);
    expect(opened()).toEqual([]);
    await readAtMost(project, 10).catch(() => undefined);
    expect(opened()).toEqual([]);
  });
});
