import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findRunUser } from '../../../src/local/run-user.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const findAs = (uid: number, accountsFile?: string) => {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  return findRunUser(accountsFile);
};

it('whoever is not root runs the server as itself', () => {
  expect(findAs(1000)).toBeNull();
});

it('root lends the server an account that is not root', () => {
  const found = findAs(0);
  expect(['postgres', 'nobody']).toContain(found?.name);
  expect(found?.uid).not.toBe(0);
});

describe('of the accounts that a system has, the server gets', () => {
  const findIn = (...accounts: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'run-user-'));
    try {
      writeFileSync(join(folder, 'passwd'), `${['root:x:0:0::/root:/bin/sh', ...accounts].join('\n')}\n`);
      return findAs(0, join(folder, 'passwd'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const nobody = 'nobody:x:65534:65533::/:/bin/false';

  it('postgres rather than nobody', () => {
    expect(findIn(nobody, 'postgres:x:101:0::/:/bin/sh')).toEqual({ name: 'postgres', uid: 101, gid: 0 });
    expect(findIn(nobody)).toEqual({ name: 'nobody', uid: 65_534, gid: 65_533 });
  });

  it('none that is root under another name', () => {
    expect(findIn('postgres:x:0:104::/:/bin/sh', nobody)?.name).toBe('nobody');
  });

  it('nothing where both are missing', () => {
    expect(() => findIn('somebody:x:7:7::/:/bin/sh')).toThrow(
      expect.objectContaining({ code: 'LOCAL_POSTGRES_UNAVAILABLE' }),
    );
  });
});
