import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ensureStateFolder, openDatabase } from '../../../src/app/open-database.ts';
import { loadConfig } from '../../../src/config/environment.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createProject } from '../../support/in-process.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a folder for state of the project', () => {
  it.each([
    ['its owner', 1000, 0o700],
    ['root, whose server runs as another user', 0, 0o711],
  ])('is made for %s', (_, uid, mode) => {
    vi.spyOn(process, 'getuid').mockReturnValue(uid);
    const [folder, like] = [join(createProject(), 'a', 'b'), join(createProject(), 'c')];
    ensureStateFolder(folder);
    ensureStateFolder(folder);
    mkdirSync(like, { mode });
    expect(statSync(folder).mode).toBe(statSync(like).mode);
  });

  const refusal = (folder: string) => {
    try {
      ensureStateFolder(folder);
    } catch (error) {
      return error;
    }
    return null;
  };

  it('that can not be made is named, with what is in its way', () => {
    const project = createProject({ file: '' });
    symlinkSync('nowhere/deeper', join(project, 'link'));
    const code = 'PROJECT_NOT_WRITABLE';
    const below = join(project, 'link', 'sub');
    expect(refusal(below)).toMatchObject({
      code,
      message: `${below} can't be written: ENOENT: no such file or directory, access '${join(project, 'link')}'`,
    });
    const inFile = join(project, 'file', 'a', 'b');
    expect(refusal(inFile)).toMatchObject({
      code,
      message: `${inFile} can't be written: ENOTDIR: not a directory, mkdir '${inFile}'`,
    });
  });

  it('is needed before the database of the project is started', async () => {
    const projectDir = createProject();
    writeFileSync(join(projectDir, '.catalog-sync'), '');
    const log = createLogger({ level: 'silent', pretty: false });
    const opening = openDatabase(loadConfig({ projectDir, env: {} }), log);
    await expect(opening).rejects.toMatchObject({ code: 'PROJECT_NOT_WRITABLE' });
  });
});

it.each([
  [{}, null],
  [{ DATABASE_READ_URL: 'postgres://127.0.0.1:9/read' }, 'postgres://127.0.0.1:9/read'],
])('with %j, the queries of people go to %s', async (env, reader) => {
  const url = 'postgres://127.0.0.1:9/none';
  const log = createLogger({ level: 'silent', pretty: false });
  const config = loadConfig({ projectDir: createProject(), env: { DATABASE_URL: url, ...env } });
  const database = await openDatabase(config, log);
  expect([database.url, database.isEmbedded, await database.openReader()]).toEqual([url, false, reader]);
});
