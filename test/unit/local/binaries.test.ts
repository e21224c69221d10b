import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linkLibraries, locateBinaries } from '../../../src/local/binaries.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'binaries-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the bundled binaries', () => {
  it('are installed, and in a checkout those of older versions', () => {
    for (const version of [15, 17, 18] as const)
      expect(Number.parseInt(locateBinaries(version).version)).toBe(version);
  });

  it('name what to do on a platform that has none', () => {
    expect(() => locateBinaries(18, 'sunos', 'sparc')).toThrow(
      expect.objectContaining({
        code: 'LOCAL_POSTGRES_UNAVAILABLE',
        message: 'there is no bundled Postgres 18 for sunos-sparc',
        kind: expect.objectContaining({
          remedy: expect.stringContaining('DATABASE_URL') as string,
        }) as object,
      }),
    );
  });
});

describe('linkLibraries', () => {
  it('links what is missing and leaves what is there', () => {
    const native = join(folder, 'native');
    mkdirSync(join(native, 'lib'), { recursive: true });
    const entry = (target: string) => ({ source: 'native/lib/libx.so.1.2', target: `native/lib/${target}` });
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([entry('libx.so'), entry('libx.so.1')]));
    writeFileSync(join(native, 'lib', 'libx.so'), 'a file of its own');
    linkLibraries(native);
    linkLibraries(native);
    expect(readlinkSync(join(native, 'lib', 'libx.so.1'))).toBe('libx.so.1.2');
    expect(readFileSync(join(native, 'lib', 'libx.so'), 'utf8')).toBe('a file of its own');
  });

  it('fails where a link can not be made', () => {
    const links = [{ source: 'native/lib/libx.so.1', target: 'native/none/libx.so' }];
    writeFileSync(join(folder, 'pg-symlinks.json'), JSON.stringify(links));
    expect(() => linkLibraries(folder)).toThrow(/ENOENT/);
  });
});
