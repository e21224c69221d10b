import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { findFreePort } from '../../../src/local/free-port.ts';
import { ensureData, type DataOptions } from '../../../src/local/init-data.ts';
import { startServer, stopServer } from '../../../src/local/postgres-server.ts';
import { clearDeadPid, clusterName, readPostmaster } from '../../../src/local/postmaster.ts';
import { processStart } from '../../../src/local/process-start.ts';
import { runProgram } from '../../../src/local/run-program.ts';
import { findRunUser } from '../../../src/local/run-user.ts';
import { until } from '../../support/until.ts';
import { silentLog } from '../../support/open-ledger.ts';

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-programs-'));
  children = [];
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'data'));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A program in the place of one of Postgres'. It notes its arguments, one call a line. */
function writeProgram(name: string, script: string): void {
  const text = `#!/bin/sh\nhere="${folder}"\necho "$*" >> "$here/calls"\n${script}\n`;
  writeFileSync(join(folder, 'bin', name), text, { mode: 0o755 });
}
const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '');
const countCalls = () => calls().split('\n').length - 1;

async function start(args: readonly string[]): Promise<number> {
  const child = spawn(args[0] ?? '', args.slice(1), { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

/** Runs `work` as if this were such a system. */
async function onPlatform(name: NodeJS.Platform, work: () => Promise<void>): Promise<void> {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: name });
  try {
    await work();
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
}

describe('a program', () => {
  const user = null;

  it('runs at the root with an environment of its own, and gives both outputs', async () => {
    const script = 'pwd; echo "$TZ $LC_ALL $ONE $HOME"; echo oops >&2; exit 3';
    const result = await runProgram('/bin/sh', ['-c', script], { user, env: { ONE: '1' } });
    expect(result.code).toBe(3);
    expect(result.output.split('\n').toSorted()).toEqual(['/', 'UTC C 1 ', 'oops']);
    expect((await runProgram('/bin/pwd', [], { user, cwd: folder })).output).toBe(folder);
  });

  it('that can not be started, or is killed, has no code', async () => {
    expect(await runProgram(join(folder, 'none'), [], { user })).toEqual({
      code: null,
      output: expect.stringContaining('ENOENT') as string,
    });
    expect((await runProgram('/bin/sh', ['-c', 'kill -9 $$'], { user })).code).toBeNull();
  });

  test.runIf(process.platform === 'linux').each([true, false])(
    'leads a session of its own only where it is to outlive a Ctrl-C: %s',
    async (detached) => {
      const options = detached ? { user, detached } : { user };
      const { output } = await runProgram('/bin/sh', ['-c', 'echo $$; cat /proc/$$/stat'], options);
      const [pid, stat = ''] = output.split('\n');
      expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] === pid).toBe(detached);
    },
  );

  it.runIf(process.platform === 'linux')(
    'that has ended does not run, also while nobody has buried it',
    async () => {
      const child = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: 'pipe' });
      children.push(child);
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      const state = () => readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '')[0];
      // From now on its parent is a program that asks for no child.
      await until(() => readFileSync(`/proc/${child.pid}/comm`, 'utf8') === 'sleep\n');
      expect(processStart(pid)).not.toBeNull();
      process.kill(pid, 'SIGKILL');
      await until(() => state() === 'Z');
      expect(processStart(pid)).toBeNull();
    },
  );

  it.runIf(process.getuid?.() === 0)('of a root runs as a user that the system has', () => {
    const found = findRunUser();
    const idOf = (flag: string) => Number(execFileSync('id', [flag, found?.name ?? '']).toString());
    expect(['postgres', 'nobody']).toContain(found?.name);
    expect([found?.uid, found?.gid]).toEqual([idOf('-u'), idOf('-g')]);
  });
});

describe('a start of the server', () => {
  const options = () => {
    let port = 6000;
    const pickPort = async () => (port += 1);
    return {
      binaries: folder,
      home: folder,
      data: join(folder, 'data'),
      user: null,
      log: silentLog,
      pickPort,
    };
  };
  /** Its log says `says`, and the first `failures` starts fail. */
  const writeStart = (says: string, failures: number) =>
    writeProgram(
      'pg_ctl',
      `${says === '' ? '' : `echo "${says}" > "$6"`}
echo "pg_ctl: no server"
[ "$(wc -l < "$here/calls")" -gt ${failures} ]`,
    );

  it('is tried five times, each with another port, while the port is taken', async () => {
    writeStart('could not bind: Address already in use', 4);
    const startedAt = performance.now();
    expect(await startServer(options())).toBe(6005);
    expect(performance.now() - startedAt).toBeGreaterThan(4 * 290);
    expect(calls().match(/port=\d+/g)).toEqual([1, 2, 3, 4, 5].map((n) => `port=600${n}`));
    expect(readdirSync(folder)).toContain('server.log.before');
  });

  it('is not kept from by the pid of a server that died, which another program has now', async () => {
    writeStart('', 0);
    writeFileSync(join(folder, 'data', 'postmaster.pid'), `${process.pid}\n`);
    await startServer(options());
    expect(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8')).toBe('4194305\n');
  });

  it('is not tried a sixth time', async () => {
    writeStart('lock file is still in use', 99);
    await expect(startServer(options())).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_START_FAILED',
      facts: { port: 6005 },
    });
    expect(countCalls()).toBe(5);
  });

  test.each([
    ['one\ntwo\nthree\nfour\nfive', 'the local Postgres did not start: two | three | four | five'],
    ['', 'the local Postgres did not start: pg_ctl: no server'],
  ])('that fails for good says why, by the end of its log or its output: %j', async (says, message) => {
    writeStart(says, 99);
    await expect(startServer(options())).rejects.toMatchObject({ message });
    expect(countCalls()).toBe(1);
  });
});

describe('a stop of the server', () => {
  const data = () => join(folder, 'data');
  const options = () => ({ binaries: folder, home: folder, data: data(), user: null, log: silentLog });
  /** A process that says that it is the server of this folder. */
  async function runServer(): Promise<void> {
    const pid = await start(['/bin/sh', '-c', 'sleep 60; :', clusterName(data())]);
    writeFileSync(join(data(), 'postmaster.pid'), `${pid}\n${data()}\n1\n5433\n`);
  }
  const writeStop = (fastCode: number) =>
    writeProgram(
      'pg_ctl',
      `sleep 0.05; echo done >> "$here/ended"; [ "$7" = immediate ] || exit ${fastCode}`,
    );
  const ended = () => readFileSync(join(folder, 'ended'), 'utf8').split('\n').length - 1;

  it('asks nothing of one that does not run', async () => {
    writeStop(0);
    await stopServer(options());
    writeFileSync(join(data(), 'postmaster.pid'), `${process.pid}\n`);
    await stopServer(options());
    expect(calls()).toBe('');
  });

  it('ends its sessions, and is waited for', async () => {
    writeStop(0);
    await runServer();
    expect(readPostmaster(data())).toMatchObject({ port: 5433, isRunning: true });
    await stopServer(options());
    expect(calls()).toBe('-w -s -t 120 -m fast stop\n');
    expect(ended()).toBe(1);
  });

  it('that hangs is ended without a checkpoint', async () => {
    writeStop(1);
    await runServer();
    await stopServer(options());
    expect(calls().match(/-m \w+/g)).toEqual(['-m fast', '-m immediate']);
    expect(ended()).toBe(2);
  });

  it('leaves the pid file to the server while it runs', async () => {
    await runServer();
    const before = readFileSync(join(data(), 'postmaster.pid'), 'utf8');
    clearDeadPid(data());
    expect(readFileSync(join(data(), 'postmaster.pid'), 'utf8')).toBe(before);
  });
});

describe('new data', () => {
  const home = () => join(folder, 'home');
  const options = (version: 15 | 18 = 18): DataOptions => ({
    ...{ binaries: folder, home: home(), data: join(home(), 'data'), user: null, version },
    password: 'geheim',
  });
  beforeEach(() => mkdirSync(home()));
  const initdb =
    'for arg; do case "$arg" in --pgdata=*) at="${arg#*=}";; --pwfile=*) pw="${arg#*=}";; esac; done';

  it('is made whole with its password, and what an earlier try left is removed', async () => {
    writeProgram('initdb', `${initdb}\nmkdir "$at"; cp -p "$pw" "$at/"; ls -l "$pw" > "$at/listed"`);
    mkdirSync(join(home(), 'init-0123', 'base'), { recursive: true });
    writeFileSync(join(home(), 'before-init-'), '');
    await ensureData(options());
    expect(readdirSync(home()).toSorted()).toEqual(['before-init-', 'data']);
    const [password = ''] = readdirSync(join(home(), 'data')).filter((name) => name.endsWith('.password'));
    expect(readFileSync(join(home(), 'data', password), 'utf8')).toBe('geheim\n');
    expect(statSync(join(home(), 'data', password)).mode & 0o777).toBe(0o600);
  });

  test.each([
    [15, 'linux', '--locale=C --lc-ctype=C.UTF-8'],
    [18, 'linux', '--locale-provider=builtin --builtin-locale=C.UTF-8 --lc-ctype=C.UTF-8'],
    [18, 'darwin', '--locale-provider=builtin --builtin-locale=C.UTF-8 --lc-ctype=en_US.UTF-8'],
  ] as const)('of Postgres %i on %s has byte order and Unicode: %s', async (version, platform, locale) => {
    writeProgram('initdb', `${initdb}\nmkdir "$at"`);
    await onPlatform(platform, () => ensureData(options(version)));
    expect(calls()).toContain(` ${locale}\n`);
  });

  const user = findRunUser();
  it.runIf(user !== null)('of a root is made by the user of servers, who may read the password', async () => {
    chmodSync(folder, 0o777);
    chownSync(home(), user?.uid ?? 0, 0);
    writeProgram('initdb', `${initdb}\nmkdir "$at"; cp "$pw" "$at/password"`);
    await ensureData({ ...options(), user });
    const password = join(home(), 'data', 'password');
    expect(readFileSync(password, 'utf8')).toBe('geheim\n');
    expect(statSync(password).uid).toBe(user?.uid);
  });

  it('that can not be made says why, and leaves no password and no data', async () => {
    writeProgram('initdb', 'printf "one\\ntwo\\nthree\\nfour\\n"; exit 1');
    await expect(ensureData(options())).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_START_FAILED',
      message: 'a new local database could not be created: two three four',
    });
    expect(readdirSync(home())).toEqual([]);
  });
});

it('a free port is one that can be listened on', async () => {
  const port = await findFreePort();
  expect(port).toBeGreaterThan(1023);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

it('a process has its own mark where there is no /proc, too, and one that is gone has none', () =>
  onPlatform('darwin', async () => {
    const mark = processStart(process.pid);
    expect(mark).toMatch(/^[A-Za-z0-9]+$/);
    expect(processStart(process.pid)).toBe(mark);
    expect(processStart(4_194_305)).toBeNull();
  }));
