import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEmbeddedPostgres } from '../../../src/local/embedded-postgres.ts';
import { clusterName } from '../../../src/local/postmaster.ts';
import { PresenceFolder } from '../../../src/local/presence.ts';
import { findRunUser } from '../../../src/local/run-user.ts';
import { relocatedFolder } from '../../../src/local/server-place.ts';
import { silentLog as log } from '../../support/open-ledger.ts';
import { errorOf, withServer } from '../../support/postgres-protocol.ts';

/* Where a server runs whose password is another than that of the project. */

const user = findRunUser();
let folder: string;
let state: string;
let child: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-'));
  // The user of the server passes through.
  chmodSync(folder, 0o755);
  state = join(folder, 'data', 'postgres-18');
  mkdirSync(state, { recursive: true, mode: 0o711 });
});
afterEach(() => {
  child.kill('SIGKILL');
  const relocated = relocatedFolder(realpathSync(state));
  rmSync(relocated, { recursive: true, force: true });
  rmSync(folder, { recursive: true });
});

/** Data of a server, and a process that says that it is this server and removes its pid file when it is stopped. */
async function runServer(port: number): Promise<void> {
  const home = join(state, 'server');
  const data = join(home, 'data');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(join(state, 'password'), 'another\n', { mode: 0o600 });
  writeFileSync(join(data, 'PG_VERSION'), '18\n');
  const script = 'trap \'rm "$1/postmaster.pid"; exit\' INT; echo ready; while :; do sleep 0.05; done';
  const ids = user && { uid: user.uid, gid: user.gid };
  for (const path of [home, data]) if (ids) chownSync(path, ids.uid, ids.gid);
  const args = ['-c', script, clusterName(data), data];
  child = spawn('/bin/sh', args, { stdio: ['ignore', 'pipe', 'ignore'], ...ids });
  if (child.stdout) await once(child.stdout, 'data');
  writeFileSync(join(data, 'postmaster.pid'), `${String(child.pid)}\n${data}\n1\n${String(port)}\n`);
}

const isStopped = () => !existsSync(join(state, 'server', 'data', 'postmaster.pid'));

it.each([
  ['is stopped, because nobody else uses it', false],
  ['goes on for those who use it', true],
])('a server that refuses the password %s', (_, isUsed) => {
  const refusal = errorOf('FATAL', '28P01', 'password authentication failed');
  return withServer(
    (socket) => socket.once('data', () => socket.end(refusal)),
    async (url) => {
      await runServer(Number(new URL(url).port));
      if (isUsed) new PresenceFolder(join(state, 'users')).enter('user');
      const opening = openEmbeddedPostgres({ dataRoot: join(folder, 'data'), log });
      await expect(opening).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' });
      expect(isStopped()).toBe(!isUsed);
    },
  );
});
