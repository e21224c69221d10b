import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isShellSafe, placeBinaries, type Binaries } from '../../../src/local/binaries.ts';
import { findRunUser } from '../../../src/local/run-user.ts';
import { chooseServerPlace, relocatedFolder } from '../../../src/local/server-place.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'server-place-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A package whose Postgres does nothing, successfully. */
function writePackage(name: string): Binaries {
  const binaries = { folder: join(folder, name), version: '18.1' };
  mkdirSync(join(binaries.folder, 'bin'), { recursive: true });
  writeFileSync(join(binaries.folder, 'bin', 'postgres'), '#!/bin/sh\n', { mode: 0o755 });
  return binaries;
}

describe('a place for the server', () => {
  it('is in the project where the path is safe, else outside of it', async () => {
    const [safe, unsafe] = [join(folder, 'safe'), join(folder, 'un$afe')];
    const outside = () => relocatedFolder(unsafe);
    try {
      expect(await chooseServerPlace(safe, null)).toEqual({
        ...{ folder: safe, home: join(safe, 'server'), isRelocated: false },
      });
      expect(await chooseServerPlace(unsafe, null)).toEqual({
        ...{ folder: outside(), home: join(outside(), 'server'), isRelocated: true },
      });
      expect([safe, join(safe, 'server'), outside()].map((path) => statSync(path).mode & 0o777)).toEqual([
        0o700, 0o700, 0o700,
      ]);
      mkdirSync(join(unsafe, 'server', 'data'));
      await expect(chooseServerPlace(unsafe, null)).rejects.toMatchObject({
        code: 'LOCAL_POSTGRES_DATA_UNUSABLE',
        message: `the user that runs this can no longer reach ${join(unsafe, 'server')}`,
      });
    } finally {
      rmSync(outside(), { recursive: true, force: true });
    }
  });

  it('is none where the server may write nowhere', async () => {
    const user = findRunUser();
    chmodSync(folder, 0o755);
    const unsafe = join(folder, 'un$afe');
    mkdirSync(unsafe, { mode: 0o711 });
    const outside = relocatedFolder(unsafe);
    try {
      mkdirSync(join(outside, 'server'), { recursive: true });
      chmodSync(join(outside, 'server'), 0o500);
      await expect(chooseServerPlace(unsafe, user)).rejects.toMatchObject({
        code: 'LOCAL_POSTGRES_UNAVAILABLE',
        message: `the user ${user?.name ?? 'that runs this'} can reach neither ${join(unsafe, 'server')} nor ${join(outside, 'server')}`,
      });
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it('is one whose path no shell reads otherwise', () => {
    expect(['/a b/目录', '/a"b', '/a$b', '/a`b', '/a\\b', '/a\nb'].map(isShellSafe)).toEqual([
      ...[true, false, false, false, false, false],
    ]);
  });

  it('has a copy of the binaries where they do not run, made once', async () => {
    const binaries = writePackage('package $x');
    const copy = await placeBinaries(binaries, folder, null);
    expect(copy).toBe(join(folder, 'binaries-18.1'));
    writeFileSync(join(copy, 'kept'), '');
    expect(await placeBinaries(binaries, folder, null)).toBe(copy);
    expect(readdirSync(copy)).toContain('kept');
    chmodSync(join(copy, 'bin', 'postgres'), 0o644);
    await expect(placeBinaries(binaries, folder, null)).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_UNAVAILABLE',
    });
  });

  it('keeps no copy of another version, and no half of one', async () => {
    for (const name of ['binaries-17.9', 'binaries-18.1.partial', 'own-binaries-'])
      mkdirSync(join(folder, name));
    await placeBinaries(writePackage('package $x'), folder, null);
    expect(readdirSync(folder).toSorted()).toEqual(['binaries-18.1', 'own-binaries-', 'package $x']);
  });

  it('has the links between libraries made that npm can not pack', async () => {
    const binaries = writePackage('package');
    const links = [{ source: 'native/bin/postgres', target: 'native/bin/linked' }];
    writeFileSync(join(binaries.folder, 'pg-symlinks.json'), JSON.stringify(links));
    expect(await placeBinaries(binaries, folder, null)).toBe(binaries.folder);
    expect(readlinkSync(join(binaries.folder, 'bin', 'linked'))).toBe('postgres');
  });

  it('that a shell would read otherwise runs nothing, and says so', async () => {
    const place = join(folder, 'place $x');
    mkdirSync(place);
    await expect(placeBinaries(writePackage('package $x'), place, null)).rejects.toThrow(
      /does not run on this machine: the path holds characters that a shell expands$/,
    );
  });
});
