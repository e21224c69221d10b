import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import {
  ensureData,
  hasPassword,
  readOrMakePassword,
  readOrMakeReaderPassword,
  refuseOtherVersions,
} from '../../../src/local/init-data.ts';
import { clearDeadPid, readPostmaster } from '../../../src/local/postmaster.ts';
import { ensureOwnFolder, hasData, relocatedFolder, setAside } from '../../../src/local/server-place.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'state-folder-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;
const unusable = expect.objectContaining({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' }) as Error;
const otherVersion = expect.objectContaining({ code: 'LOCAL_POSTGRES_OTHER_VERSION' }) as Error;

describe('the password of the local server', () => {
  it('is made once, and read by its owner only', () => {
    expect(hasPassword(folder)).toBe(false);
    const password = readOrMakePassword(folder, false);
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect([false, true].map((isDataPresent) => readOrMakePassword(folder, isDataPresent))).toEqual([
      password,
      password,
    ]);
    expect(readdirSync(folder)).toEqual(['password']);
    expect(modeOf(join(folder, 'password'))).toBe(0o600);
  });

  it('is not made anew for data that has one', () => {
    expect(() => readOrMakePassword(folder, true)).toThrow(unusable);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of the login that reads is made anew where it is lost or damaged', () => {
    const first = readOrMakeReaderPassword(folder);
    expect(readOrMakeReaderPassword(folder)).toBe(first);
    writeFileSync(join(folder, 'reader-password'), `${first.slice(1)}\n`);
    const second = readOrMakeReaderPassword(folder);
    expect(second).toMatch(/^[0-9a-f]{48}$/);
    expect(second).not.toContain(first.slice(1));
  });
});

describe('data of another version', () => {
  const use = (name: string) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'password'), 'x');
  };

  it('is not replaced by an empty database: the newest is named', () => {
    mkdirSync(join(folder, 'postgres-18'));
    expect(() => refuseOtherVersions(folder, 18)).not.toThrow();
    ['postgres-9', 'postgres-17', 'postgres-16', 'old-postgres-19'].forEach(use);
    expect(() => refuseOtherVersions(folder, 18)).toThrow(otherVersion);
    expect(() => refuseOtherVersions(folder, 18)).toThrow('is of Postgres 17, not 18');
    use('postgres-19');
    expect(() => refuseOtherVersions(folder, 18)).toThrow('is of Postgres 19, not 18');
    writeFileSync(join(folder, 'postgres-18', 'password'), 'x');
    expect(() => refuseOtherVersions(folder, 18)).not.toThrow();
  });

  it('is refused where this version has to run', async () => {
    const data = join(folder, 'data');
    const options = { binaries: '/none', home: folder, data, user: null, password: 'x' };
    mkdirSync(data);
    writeFileSync(join(data, 'PG_VERSION'), '17\n');
    await expect(ensureData({ ...options, version: 17 })).resolves.toBeUndefined();
    await expect(ensureData({ ...options, version: 18 })).rejects.toThrow(otherVersion);
  });
});

describe('the pid file', () => {
  const file = () => join(folder, 'postmaster.pid');

  it('is none where there is none, and nothing is made of it', () => {
    expect(readPostmaster(folder)).toBeNull();
    clearDeadPid(folder);
    expect(existsSync(file())).toBe(false);
  });

  test.each(['', 'abc\n', '0\n', '-5\n', '1.5\n'])('%j names no process', (text) => {
    writeFileSync(file(), text);
    expect(readPostmaster(folder)).toBeNull();
  });

  it('has the port in its fourth line, and names a server only where its process is one', () => {
    const text = `${process.pid}\n/data\n1764043200\n5433\n\n127.0.0.1\n`;
    writeFileSync(file(), text);
    expect(readPostmaster(folder)).toEqual({ pid: process.pid, port: 5433, isRunning: false });
    clearDeadPid(folder);
    expect(readFileSync(file(), 'utf8')).toBe(text.replace(/^\d+/, '4194305'));
    writeFileSync(file(), `${process.pid}\n`);
    expect(readPostmaster(folder)?.port).toBe(0);
  });

  it.runIf(process.platform === 'linux')('is closed after it was changed', () => {
    writeFileSync(file(), '4194305\n');
    clearDeadPid(folder);
    const opened = readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
      } catch {
        return false;
      }
    });
    expect(opened).toEqual([]);
  });
});

describe('a folder of our own', () => {
  const user = { name: 'nobody', uid: 65_534, gid: 65_534 };

  it('is closed, and passable where another user runs the server', () => {
    ensureOwnFolder(join(folder, 'closed'), null);
    ensureOwnFolder(join(folder, 'passable'), user);
    expect(['closed', 'passable'].map((name) => modeOf(join(folder, name)))).toEqual([0o700, 0o711]);
    chmodSync(join(folder, 'closed'), 0o755);
    expect(() => ensureOwnFolder(join(folder, 'closed'), null)).not.toThrow();
    expect(modeOf(join(folder, 'closed'))).toBe(0o755);
  });

  test.each([0o770, 0o702])('is none where others may write: mode %i', (mode) => {
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), mode);
    expect(() => ensureOwnFolder(join(folder, 'open'), null)).toThrow(unusable);
  });

  it('is no file and no link', () => {
    writeFileSync(join(folder, 'file'), '', { mode: 0o600 });
    symlinkSync('/', join(folder, 'link'));
    for (const name of ['file', 'link'])
      expect(() => ensureOwnFolder(join(folder, name), null)).toThrow(unusable);
    expect(() => ensureOwnFolder(join(folder, 'none', 'inner'), null)).toThrow(/ENOENT/);
  });

  it.runIf(process.getuid?.() === 0)('is none that belongs to another user', () => {
    mkdirSync(join(folder, 'foreign'), { mode: 0o700 });
    chownSync(join(folder, 'foreign'), user.uid, user.gid);
    expect(() => ensureOwnFolder(join(folder, 'foreign'), null)).toThrow(unusable);
  });
});

describe('a place outside the project', () => {
  it('is one for each project, where a reboot empties nothing', () => {
    mkdirSync(join(folder, 'a'));
    mkdirSync(join(folder, 'b'));
    symlinkSync('a', join(folder, 'link'));
    const [a, b, link] = ['a', 'b', 'link'].map((name) => relocatedFolder(join(folder, name)));
    expect(a).toMatch(existsSync('/var/tmp') ? /^\/var\/tmp\/catalog-sync-[0-9a-f]{16}$/ : /catalog-sync-/);
    expect(link).toBe(a);
    expect(b).not.toBe(a);
  });

  it('gets an empty home when its project was made again, and the old data is kept', () => {
    const home = join(folder, 'server');
    mkdirSync(join(home, 'data'), { recursive: true });
    expect(hasData(home)).toBe(true);
    setAside({ folder, home, isRelocated: true }, null, createLogger({ level: 'silent', pretty: false }));
    expect(hasData(home)).toBe(false);
    expect(modeOf(home)).toBe(0o700);
    const [aside = ''] = readdirSync(folder).filter((name) => name.startsWith('server-before-'));
    expect(hasData(join(folder, aside))).toBe(true);
  });
});
