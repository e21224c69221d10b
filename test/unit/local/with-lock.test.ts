import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { PresenceFolder } from '../../../src/local/presence.ts';
import { processStart } from '../../../src/local/process-start.ts';
import { withLock } from '../../../src/local/with-lock.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'with-lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const start = String(processStart(process.pid));

/** A mark of a process that lives. Marks of one label have the order of their nonces. */
function mark(label: string, nonce: string): string {
  const file = join(folder, `${label}.${process.pid}.${start}.${nonce}`);
  writeFileSync(file, '');
  return file;
}

const work = async () => 'done';

describe('a lock', () => {
  it('is free where nobody is, and leaves nothing behind', async () => {
    expect(await withLock(folder, 1000, work)).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['somebody draws a ticket just now', 'choosing', '0'],
    ['an earlier ticket is held', '1', 'z'],
    ['a much earlier ticket is held', '7', '0'],
  ])('waits while %s, and no longer', async (_, label, nonce) => {
    const file = mark(label, nonce);
    await expect(withLock(folder, 40, work)).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_BUSY',
      facts: { folder, timeoutMs: 40 },
    });
    expect(readdirSync(folder)).toHaveLength(1);
    const waiting = withLock(folder, 10_000, work);
    rmSync(file);
    expect(await waiting).toBe('done');
  });

  test.each([
    ['of two tickets with one number goes to the smaller name', '2', '0', false],
    ['of two tickets with one number does not wait for the greater name', '2', 'z', true],
    ['does not wait for a later ticket', '3', '0', true],
  ])('%s', async (_, label, nonce, isOurs) => {
    const first = mark('1', '0');
    const waiting = withLock(folder, 100, work).catch(() => 'busy');
    mark(label, nonce);
    rmSync(first);
    expect(await waiting).toBe(isOurs ? 'done' : 'busy');
  });
});

describe('presence', () => {
  it('is of the living only: the marks of others are removed', () => {
    const presence = new PresenceFolder(join(folder, 'users'));
    const own = presence.enter('user');
    expect(own).toMatch(new RegExp(`^user\\.${process.pid}\\.${start}\\.[0-9a-f]{12}$`));
    for (const name of [
      'no-process',
      `user.${process.pid}`,
      `user.${process.pid}.1.a`,
      'user.0.1.b',
      'a.x.y.z',
    ])
      writeFileSync(join(folder, 'users', name), '');
    expect(presence.list()).toEqual([{ name: own, label: 'user' }]);
    expect(readdirSync(join(folder, 'users'))).toEqual([own]);
    presence.leave(own);
    presence.leave(own);
    expect(presence.list()).toEqual([]);
  });
});

describe('the start of a process', () => {
  it.runIf(process.platform === 'linux')('is counted in hundredths of a second since the boot', () => {
    const sinceBoot = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    expect(Math.abs(sinceBoot - process.uptime() - Number(start) / 100)).toBeLessThan(5);
  });

  it('is none where no such process runs', () => {
    expect([0, -1, 4_194_305, Number.NaN].map(processStart)).toEqual([null, null, null, null]);
  });
});
