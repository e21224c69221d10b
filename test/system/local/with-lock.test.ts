import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PresenceFolder } from '../../../src/local/presence.ts';
import { processStart } from '../../../src/local/process-start.ts';
import { withLock } from '../../../src/local/with-lock.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'with-lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const script = `
  import { appendFileSync } from 'node:fs';
  import { once } from 'node:events';
  import { setTimeout as delay } from 'node:timers/promises';
  import { withLock } from '${new URL('../../../src/local/with-lock.ts', import.meta.url).href}';
  const [, folder, log] = process.argv;
  console.log('ready');
  await once(process.stdin, 'data');
  for (let turn = 0; turn < 5; turn += 1) {
    await withLock(folder, 30000, async () => {
      appendFileSync(log, '(');
      await delay(10);
      appendFileSync(log, ')');
    });
  }
  process.stdin.destroy();
`;

describe('withLock', () => {
  it('lets one caller in at a time, in one process', async () => {
    let inside = 0;
    let max = 0;
    await Promise.all(
      Array.from({ length: 10 }, () =>
        withLock(folder, 10_000, async () => {
          max = Math.max(max, (inside += 1));
          await delay(1);
          inside -= 1;
        }),
      ),
    );
    expect(max).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lets one process in at a time', async () => {
    const log = `${folder}.log`;
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script, folder, log], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const ends = children.map((child) => once(child, 'close'));
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    for (const child of children) child.stdin.write('go');
    await Promise.all(ends);
    expect(readFileSync(log, 'utf8')).toBe('()'.repeat(15));
    rmSync(log);
  });

  it('passes over what processes that have ended left behind', async () => {
    const ended = spawn('true');
    await once(ended, 'close');
    writeFileSync(join(folder, `1.${ended.pid}.1.aaaa`), '');
    // The same pid, given to somebody else: the pid is ours, the time of its start is not.
    writeFileSync(join(folder, `choosing.${process.pid}.1.bbbb`), '');
    await expect(withLock(folder, 5_000, async () => 'done')).resolves.toBe('done');
  });

  it('gives up with LOCAL_POSTGRES_BUSY, and leaves no ticket', async () => {
    await withLock(folder, 1_000, async () => {
      await expect(withLock(folder, 60, async () => undefined)).rejects.toMatchObject({
        code: 'LOCAL_POSTGRES_BUSY',
      });
      expect(readdirSync(folder)).toHaveLength(1);
    });
  });

  it('opens again after work that failed', async () => {
    const failing = withLock(folder, 1_000, async () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    await expect(withLock(folder, 1_000, async () => 'done')).resolves.toBe('done');
  });
});

describe('PresenceFolder', () => {
  it('lists the living only, and forgets the dead', async () => {
    const presence = new PresenceFolder(folder);
    const sleeper = spawn('sleep', ['60']);
    const name = `user.${sleeper.pid}.${processStart(sleeper.pid ?? 0)}.aaaa`;
    writeFileSync(join(folder, name), '');
    const own = presence.enter('user');
    expect(
      presence
        .list()
        .map((present) => present.name)
        .sort(),
    ).toEqual([name, own].sort());
    sleeper.kill('SIGKILL');
    await once(sleeper, 'close');
    expect(presence.list()).toEqual([{ name: own, label: 'user' }]);
    expect(readdirSync(folder)).toEqual([own]);
  });
});

describe('processStart', () => {
  it('differs between processes and stays for one', async () => {
    const sleeper = spawn('sleep', ['60']);
    const start = processStart(sleeper.pid ?? 0);
    expect(start).toMatch(/^[A-Za-z0-9]+$/);
    expect(processStart(sleeper.pid ?? 0)).toBe(start);
    expect(processStart(process.pid)).not.toBe(start);
    sleeper.kill('SIGKILL');
    await once(sleeper, 'close');
    expect(processStart(sleeper.pid ?? 0)).toBeNull();
  });
});
