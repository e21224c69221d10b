import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openEmbeddedPostgres } from '../../../src/local/embedded-postgres.ts';
import { clusterName } from '../../../src/local/postmaster.ts';
import { PresenceFolder } from '../../../src/local/presence.ts';
import { findRunUser } from '../../../src/local/run-user.ts';
import { chooseServerPlace, dataFolder, relocatedFolder } from '../../../src/local/server-place.ts';
import { silentLog as log } from '../../support/open-ledger.ts';
import { errorOf, withServer } from '../../support/postgres-protocol.ts';

const user = findRunUser();
let folder: string;
let states: string[];
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-'));
  // The user of the server passes through.
  chmodSync(folder, 0o755);
  states = [];
  child = undefined;
});
afterEach(() => {
  child?.kill('SIGKILL');
  for (const state of states) rmSync(relocatedFolder(realpathSync(state)), { recursive: true, force: true });
  rmSync(folder, { recursive: true });
});

/** The folder of one version in a project whose data are in a folder of this name. */
function makeState(name: string): string {
  const state = join(folder, name, 'postgres-18');
  mkdirSync(state, { recursive: true, mode: 0o711 });
  states.push(state);
  return state;
}

/**
 * Data of a server, where the user of servers can reach them, and a process that says that it is this server and removes
 * its pid file when it is stopped.
 */
async function runServer(state: string, port: number) {
  const { home, isRelocated } = await chooseServerPlace(state, user);
  const data = dataFolder(home);
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(state, 'password'), 'another\n', { mode: 0o600 });
  writeFileSync(join(data, 'PG_VERSION'), '18\n');
  const script = 'trap \'rm "$1/postmaster.pid"; exit\' INT; echo ready; while :; do sleep 0.05; done';
  const ids = user && { uid: user.uid, gid: user.gid };
  if (ids) chownSync(data, ids.uid, ids.gid);
  const args = ['-c', script, clusterName(data), data];
  child = spawn('/bin/sh', args, { stdio: ['ignore', 'pipe', 'ignore'], ...ids });
  if (child.stdout) await once(child.stdout, 'data');
  const pidFile = join(data, 'postmaster.pid');
  writeFileSync(pidFile, `${String(child.pid)}\n${data}\n1\n${String(port)}\n`);
  return { home, isRelocated, isStopped: () => !existsSync(pidFile) };
}

/** For an opening that starts no server: it fails where one would be started. */
const pickPort = () => Promise.reject(new Error('a server would be started'));

const refusal = errorOf('FATAL', '28P01', 'password authentication failed');
/** A port at which every password is refused. */
const withRefusals = (work: (port: number) => Promise<void>) =>
  withServer(
    (socket) => socket.once('data', () => socket.end(refusal)),
    (url) => work(Number(new URL(url).port)),
  );

it.each([
  ['is stopped, because nobody else uses it', false],
  ['goes on for those who use it', true],
])('a server that refuses the password %s', (_, isUsed) =>
  withRefusals(async (port) => {
    const state = makeState('data');
    const server = await runServer(state, port);
    if (isUsed) new PresenceFolder(join(state, 'users')).enter('user');
    const opening = openEmbeddedPostgres({ dataRoot: join(folder, 'data'), log });
    await expect(opening).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_DATA_UNUSABLE',
      message: expect.stringContaining('has a different password') as string,
    });
    expect(server.isStopped()).toBe(!isUsed);
  }),
);

it('data outside the project stay in use while the project has their password', () =>
  withRefusals(async (port) => {
    // No server can run where a shell would read the path as something else.
    const { home, isRelocated } = await runServer(makeState('data$'), port);
    expect(isRelocated).toBe(true);
    const dataRoot = join(folder, 'data$');
    const opening = openEmbeddedPostgres({ dataRoot, log, pickPort });
    await expect(opening).rejects.toThrow('has a different password');
    expect(existsSync(dataFolder(home))).toBe(true);
    expect(readdirSync(join(home, '..')).filter((name) => name.startsWith('server-before'))).toEqual([]);
  }));

it('data outside the project whose project was made again are kept, once their server has ended', async () => {
  const state = makeState('data$');
  const { home } = await runServer(state, 1);
  rmSync(join(state, 'password'));
  // Here a new password is written next: no new data are made.
  mkdirSync(join(state, 'password.new'));
  const opening = openEmbeddedPostgres({ dataRoot: join(folder, 'data$'), log, pickPort });
  await expect(opening).rejects.toMatchObject({ code: 'EISDIR' });
  const [aside = ''] = readdirSync(join(home, '..')).filter((name) => name.startsWith('server-before'));
  expect(readdirSync(join(home, '..', aside, 'data'))).toEqual(['PG_VERSION']);
  expect(readdirSync(home)).toEqual([]);
});

it('a project gets a folder that the user of its server can pass through', async () => {
  const state = makeState('data$');
  const { home } = await chooseServerPlace(state, user);
  chmodSync(home, 0o500);
  rmSync(join(folder, 'data$'), { recursive: true });
  const dataRoot = join(folder, 'data$');
  await expect(openEmbeddedPostgres({ dataRoot, log, pickPort })).rejects.toMatchObject({
    code: 'LOCAL_POSTGRES_UNAVAILABLE',
  });
  const mode = user === null ? 0o700 : 0o711;
  expect([dataRoot, state].map((path) => statSync(path).mode & 0o777)).toEqual([mode, mode]);
});

it('data of another version are named rather than new ones made', async () => {
  makeState('data');
  const older = join(folder, 'data', 'postgres-17');
  mkdirSync(older);
  writeFileSync(join(older, 'password'), 'another\n');
  const opening = openEmbeddedPostgres({ dataRoot: join(folder, 'data'), log, pickPort });
  await expect(opening).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_OTHER_VERSION' });
});

/** What an opening fails with where the choice of a port fails so. */
async function openWith(failure: unknown): Promise<unknown> {
  const state = makeState('data');
  const data = dataFolder((await chooseServerPlace(state, user)).home);
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(state, 'password'), 'own\n', { mode: 0o600 });
  writeFileSync(join(data, 'PG_VERSION'), '18\n');
  const failing = vi.fn<() => Promise<number>>().mockRejectedValue(failure);
  const opening = openEmbeddedPostgres({ dataRoot: join(folder, 'data'), log, pickPort: failing });
  return opening.then(
    () => 'opened',
    (error: unknown) => error,
  );
}

it.each([null, Object.assign(new Error('no space'), { code: 'ENOSPC' })])(
  'what the choice of a port fails with is handed on as it is, whatever it is: %s',
  async (failure) => expect(await openWith(failure)).toBe(failure),
);

it.each(['EACCES', 'EPERM', 'EROFS'])('a folder that can not be used is named: %s', async (code) => {
  const failure = Object.assign(new Error(`${code}: not here`), { code });
  expect(await openWith(failure)).toMatchObject({
    code: 'LOCAL_POSTGRES_DATA_UNUSABLE',
    message: `the folder of the local Postgres can't be used: ${code}: not here`,
    facts: { folder: join(folder, 'data') },
    cause: failure,
  });
});
