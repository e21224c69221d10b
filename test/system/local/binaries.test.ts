import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateBinaries, placeBinaries } from '../../../src/local/binaries.ts';
import { findRunUser } from '../../../src/local/run-user.ts';
import { isRoot } from './project.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'binaries-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('the bundled binaries', () => {
  it('run from a copy of a package whose install script did not run', async () => {
    const package_ = join(folder, 'package', 'native');
    const { folder: installed, version } = locateBinaries(18);
    const links = JSON.parse(readFileSync(join(installed, 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    const linked = new Set(links.map(({ target }) => join(installed, '..', target)));
    cpSync(installed, package_, { recursive: true, filter: (source) => !linked.has(source) });
    const place = join(folder, 'place');
    mkdirSync(place);
    await expect(placeBinaries({ folder: package_, version }, place, null)).resolves.toBe(package_);
    const target = String(links[0]?.target);
    expect(readlinkSync(join(package_, '..', target))).not.toContain('/');
  });

  it('are copied when they can not run where they are, and older copies go', async () => {
    const unsafe = join(folder, 'a $HOME');
    const { folder: installed, version } = locateBinaries(18);
    cpSync(installed, unsafe, { recursive: true, verbatimSymlinks: true });
    const place = join(folder, 'place');
    mkdirSync(join(place, 'binaries-16.0'), { recursive: true });
    mkdirSync(join(place, 'server'));
    const copy = await placeBinaries({ folder: unsafe, version }, place, null);
    expect(copy).toBe(join(place, `binaries-${version}`));
    expect(readdirSync(place).sort()).toEqual([`binaries-${version}`, 'server']);
  });

  it.skipIf(!isRoot)('are copied out of a home that their user can not enter', async () => {
    const { folder: installed, version } = locateBinaries(18);
    const closed = join(folder, 'closed', 'native');
    cpSync(installed, closed, { recursive: true, verbatimSymlinks: true });
    chmodSync(join(folder, 'closed'), 0o700);
    chmodSync(folder, 0o711);
    const place = join(folder, 'place');
    mkdirSync(place);
    const copy = await placeBinaries({ folder: closed, version }, place, findRunUser());
    expect(copy).toBe(join(place, `binaries-${version}`));
    expect(statSync(join(folder, 'closed')).mode & 0o777).toBe(0o700);
  });

  it('that do not run at all are reported with the reason of the system', async () => {
    const broken = join(folder, 'broken');
    mkdirSync(join(broken, 'bin'), { recursive: true });
    writeFileSync(join(broken, 'bin', 'postgres'), '#!/bin/sh\necho libc is missing >&2; exit 127\n', {
      mode: 0o755,
    });
    await expect(placeBinaries({ folder: broken, version: '1' }, folder, null)).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_UNAVAILABLE',
      message: expect.stringContaining('libc is missing') as string,
    });
  });
});
