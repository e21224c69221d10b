import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureDatabase, ensureReader, findRunningServer } from '../../../src/local/connect.ts';
import { clusterName } from '../../../src/local/postmaster.ts';
import { silentLog } from '../../support/open-ledger.ts';
import { done, errorOf, isFarewell, opened, ready, withServer } from '../../support/postgres-protocol.ts';

/* What is said to a local server, and how its answers are taken: by a server that only speaks its protocol. */

const wrongPassword = errorOf('FATAL', '28P01', 'password authentication failed');
const starting = errorOf('FATAL', '57P03', 'the database system is starting up');
const passwords = { own: 'own', reader: 'reads' };

interface Talk {
  /** The answer to a session that begins, by how many began before. */
  readonly begin: (before: number) => Buffer;
  /** The answer to a statement, by how many came before. */
  readonly answer?: (before: number) => Buffer;
  readonly farewell?: Buffer;
}

interface Said {
  sessions: number;
  readonly statements: string[];
}

/** Calls `work` with the port of a server that talks so, and what it has been told. */
function withTalk(
  { begin, answer, farewell = Buffer.alloc(0) }: Talk,
  work: (port: number, said: Said) => Promise<void>,
): Promise<void> {
  const said: Said = { sessions: 0, statements: [] };
  const talk = (socket: Socket) => {
    socket.once('data', () => {
      const first = begin(said.sessions);
      said.sessions += 1;
      socket.write(first);
      socket.on('data', (data) => {
        if (isFarewell(data)) {
          socket.end(farewell);
          return;
        }
        // A letter, its length, the text, and a null.
        const text = data.toString('utf8', 5, data.length - 1);
        const before = said.statements.push(text) - 1;
        socket.write(answer?.(before) ?? done);
      });
    });
  };
  return withServer(talk, (url) => work(Number(new URL(url).port), said));
}

describe('the database of a local server', () => {
  it('is made where it is missing, whatever the server says at the end', () =>
    withTalk({ begin: () => opened, farewell: starting }, async (port, { statements }) => {
      await ensureDatabase(port, 'own');
      expect(statements.at(-1)).toBe('create database catalog_sync');
    }));

  it('that has another password can not be used', () =>
    withTalk({ begin: () => wrongPassword }, async (port) => {
      await expect(ensureDatabase(port, 'own')).rejects.toMatchObject({
        code: 'LOCAL_POSTGRES_DATA_UNUSABLE',
      });
    }));

  it('that fails otherwise fails with its own words', () =>
    withTalk({ begin: () => starting }, async (port) => {
      await expect(ensureDatabase(port, 'own')).rejects.toMatchObject({ code: '57P03' });
    }));
});

describe('the login that only reads', () => {
  it('is left alone where it can log in, whatever the server says at the end', () =>
    withTalk({ begin: () => opened, farewell: starting }, async (port, said) => {
      expect(new URL(await ensureReader(port, passwords)).username).toBe('catalog_sync_reader');
      expect(said).toEqual({ sessions: 1, statements: [] });
    }));

  it('is not made anew because the server can not be asked', () =>
    withTalk({ begin: (before) => (before === 0 ? starting : opened) }, async (port, said) => {
      await expect(ensureReader(port, passwords)).rejects.toMatchObject({ code: '57P03' });
      expect(said).toEqual({ sessions: 1, statements: [] });
    }));

  const begin = (before: number) => (before === 0 ? wrongPassword : opened);

  it('is made with its groups, may only read, and gets its password', () =>
    withTalk({ begin }, async (port, { statements }) => {
      await ensureReader(port, passwords);
      expect(statements).toEqual([
        'select rolname as name from pg_roles',
        'create role catalog_analyst',
        'create role catalog_ops',
        'create role catalog_sync_reader',
        "alter role catalog_sync_reader login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password 'reads'",
        'alter role catalog_sync_reader set default_transaction_read_only = on',
        'grant catalog_analyst, catalog_ops to catalog_sync_reader',
      ]);
    }));

  it.each([0, 1, 2, 3, 4, 5, 6])('is not made further than to statement %i, which fails', (nth) => {
    const answer = (before: number) =>
      before === nth ? Buffer.concat([errorOf('ERROR', '42501', 'no'), ready]) : done;
    return withTalk({ begin, answer }, async (port, { statements }) => {
      await expect(ensureReader(port, passwords)).rejects.toMatchObject({ code: '42501' });
      expect(statements).toHaveLength(nth + 1);
    });
  });
});

describe('a server that somebody else has started', () => {
  let data: string;
  let child: ChildProcess;
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'connect-'));
    child = spawn('/bin/sh', ['-c', 'sleep 60; :', clusterName(data)], { stdio: 'ignore' });
    await once(child, 'spawn');
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true });
  });
  const find = (port: number, hasUsers = true, attempts?: number) => {
    writeFileSync(join(data, 'postmaster.pid'), `${String(child.pid)}\n${data}\n1\n${String(port)}\n`);
    const server = { binaries: data, data, user: null, home: data, log: silentLog };
    return findRunningServer(server, 'own', () => hasUsers, attempts);
  };

  it('is waited for while it starts, with pauses', () => {
    const readyAt = performance.now() + 500;
    const begin = () => (performance.now() < readyAt ? starting : opened);
    return withTalk({ begin }, async (port, said) => {
      expect(await find(port)).toBe(port);
      expect(said.sessions).toBeLessThan(10);
    });
  });

  it('with another password is not waited for', () =>
    withTalk({ begin: () => wrongPassword }, async (port, said) => {
      await expect(find(port)).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' });
      expect(said.sessions).toBe(1);
    }));

  it('that has users and never answers is busy, and why is said', () =>
    withTalk({ begin: () => starting }, async (port, said) => {
      await expect(find(port, true, 3)).rejects.toMatchObject({
        code: 'LOCAL_POSTGRES_BUSY',
        cause: { code: '57P03' },
      });
      expect(said.sessions).toBe(3);
    }));

  it('that nobody uses and that never answers is stopped', () => {
    mkdirSync(join(data, 'bin'));
    const script = `#!/bin/sh\necho "$@" > '${data}/asked'\n`;
    writeFileSync(join(data, 'bin', 'pg_ctl'), script, { mode: 0o755 });
    return withTalk({ begin: () => starting }, async (port) => {
      expect(await find(port, false, 1)).toBeNull();
      expect(readFileSync(join(data, 'asked'), 'utf8')).toContain('-m fast stop');
    });
  });

  it('is none where its process has ended', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await find(1)).toBeNull();
  });
});
