import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findTestPort } from '../../support/find-test-port.ts';
import { readPostmaster } from '../../../src/local/postmaster.ts';
import { findRunUser } from '../../../src/local/run-user.ts';
import { until } from '../../support/until.ts';
import { startUserProcess } from './child.ts';
import { createProject, createSeed, isRoot, queryRow, type LocalProject, type Seed } from './project.ts';

let seed: Seed;
let project: LocalProject;
const use = (name?: string) => (project = createProject(name));
const useAgain = () => (project = seed.createUsedProject());
beforeAll(async () => {
  seed = await createSeed();
});
afterAll(() => seed.remove());
afterEach(() => project.remove());

/** With spaces and Chinese, and longer than the path of a socket may be. */
const longName = `目录 同步 ${'很长的名字'.repeat(12)}`;

const serverPid = (home: string) => readPostmaster(join(home, 'data'))?.pid ?? 0;

describe('a first start', () => {
  it('gives a durable UTF-8 database that knows Chinese letters, on loopback, behind a password', async () => {
    const { url } = await use(longName).open();
    const { directory } = await queryRow(url, `select current_setting('data_directory') as directory`);
    expect(directory).toBe(join(project.home, 'data'));
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(
      await queryRow(
        url,
        `select current_database() as database, current_setting('fsync') as fsync,
           current_setting('synchronous_commit') as commit, current_setting('server_encoding') as encoding,
           current_setting('listen_addresses') as listens, current_setting('server_version_num')::int / 10000 as major`,
      ),
    ).toEqual({
      database: 'catalog_sync',
      fsync: 'on',
      commit: 'on',
      encoding: 'UTF8',
      listens: '127.0.0.1',
      major: 18,
    });
    await queryRow(url, 'create extension pg_trgm');
    expect(await queryRow(url, `select cardinality(show_trgm('连衣裙')) > 0 as found`)).toEqual({
      found: true,
    });
    expect(await queryRow(url, `select upper('é') as upper`)).toEqual({ upper: 'É' });
    const otherUser = new URL(url);
    otherUser.password = 'guess';
    await expect(queryRow(otherUser.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    const passwordFile = join(project.dataRoot, 'postgres-18', 'password');
    expect(statSync(passwordFile).mode & 0o777).toBe(0o600);
    expect(url).toContain(readFileSync(passwordFile, 'utf8').trim());
  });

  it('makes databases of Postgres 15 too, beside those of 18', async () => {
    const { url } = await use().open({ version: 15 });
    await queryRow(url, 'create extension pg_trgm');
    expect(
      await queryRow(
        url,
        `select current_setting('server_version_num')::int / 10000 as major,
           cardinality(show_trgm('连衣裙')) > 0 as chinese, 'a' < 'B' as "isByteOrder"`,
      ),
    ).toEqual({ major: 15, chinese: true, isByteOrder: false });
    expect(readdirSync(project.dataRoot)).toEqual(['postgres-15']);
  });

  it('takes another port when somebody was faster', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const ports = [typeof address === 'object' && address ? address.port : 0, await findTestPort()];
    const expected = ports[1];
    const { url } = await useAgain().open({ pickPort: async () => ports.shift() ?? 0 });
    expect(Number(new URL(url).port)).toBe(expected);
    taken.close();
  });

  it('goes where no shell can misread the path', async () => {
    const { url } = await use('a "quoted" $HOME `id`').open();
    expect(await queryRow(url, 'select 1 as one')).toEqual({ one: 1 });
    expect(project.logged).toContainEqual(
      expect.objectContaining({ msg: 'local postgres lives outside the project' }),
    );
  });
});

describe('a later start', () => {
  it('finds the data of the first one', async () => {
    const first = await use().open();
    await queryRow(first.url, 'create table kept as select 42 as answer');
    await first.release();
    await expect(queryRow(first.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    const second = await project.open();
    expect(await queryRow(second.url, 'select answer from kept')).toEqual({ answer: 42 });
  });

  it('recovers committed rows of a server that was killed', async () => {
    const first = await useAgain().open();
    await queryRow(first.url, 'create table kept as select 42 as answer');
    process.kill(serverPid(project.home), 'SIGKILL');
    const second = await project.open();
    expect(await queryRow(second.url, 'select answer from kept')).toEqual({ answer: 42 });
  });

  it('has the port that the server had, by which those who use it find it again', async () => {
    const first = await useAgain().open();
    process.kill(serverPid(project.home), 'SIGKILL');
    await expect(queryRow(first.url, 'select 1')).rejects.toThrow();
    const second = await project.open();
    expect(second.url).toBe(first.url);
    expect(await queryRow(first.url, 'select 1 as one')).toEqual({ one: 1 });
  });

  it('has another port where that of the server was taken', async () => {
    const first = await useAgain().open();
    await first.release();
    const taken = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
    await once(taken, 'listening');
    const second = await project.open();
    taken.close();
    expect(second.url).not.toBe(first.url);
    expect(await queryRow(second.url, 'select 1 as one')).toEqual({ one: 1 });
  });

  it('is not misled by a pid file whose pid now belongs to another program', async () => {
    const first = await useAgain().open();
    const pidFile = join(project.home, 'data', 'postmaster.pid');
    const text = readFileSync(pidFile, 'utf8');
    await first.release();
    const user = findRunUser();
    const other = spawn('sleep', ['60'], { stdio: 'ignore', ...(user && { uid: user.uid, gid: user.gid }) });
    writeFileSync(pidFile, text.replace(/^\d+/, String(other.pid)));
    const second = await project.open();
    expect(await queryRow(second.url, 'select 1 as one')).toEqual({ one: 1 });
    other.kill('SIGKILL');
  });

  it('begins again when initdb was killed half-way', async () => {
    use();
    const killed = startUserProcess(project.dataRoot);
    const hasBegun = () => readdirSync(project.home).some((name) => /^init-[0-9a-f]+$/.test(name));
    await until(hasBegun, { pollMs: 2 });
    killed.signalGroup('SIGKILL');
    await once(killed.process, 'close');
    expect(readdirSync(project.home)).not.toContain('data');
    const { url } = await project.open();
    expect(await queryRow(url, 'select 1 as one')).toEqual({ one: 1 });
    expect(readdirSync(project.home).filter((name) => name.startsWith('init-'))).toEqual([]);
  });
});

describe('data that can not be used', () => {
  it('is left alone when its password is lost', async () => {
    useAgain();
    const passwordFile = join(project.dataRoot, 'postgres-18', 'password');
    renameSync(passwordFile, `${passwordFile}.away`);
    await expect(project.open()).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' });
    writeFileSync(passwordFile, 'another');
    await expect(project.open()).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' });
    expect(readPostmaster(join(project.home, 'data'))).toBeNull();
    renameSync(`${passwordFile}.away`, passwordFile);
    await expect(project.open()).resolves.toBeDefined();
  });

  it('is left alone when it is of another version', async () => {
    useAgain();
    const data = join(project.home, 'data');
    writeFileSync(join(data, 'PG_VERSION'), '14\n');
    await expect(project.open()).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_OTHER_VERSION' });
    expect(existsSync(join(data, 'global', 'pg_control'))).toBe(true);
  });

  it('of an older bundled Postgres is not replaced by an empty database until it is moved away', async () => {
    useAgain();
    const older = join(project.dataRoot, 'postgres-17');
    renameSync(join(project.dataRoot, 'postgres-18'), older);
    await expect(project.open()).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_OTHER_VERSION',
      message: 'the local data is of Postgres 17, not 18',
      facts: { folder: older },
      kind: { remedy: expect.stringContaining('docs/upgrade.md') as string },
    });
    expect(existsSync(join(project.home, 'data'))).toBe(false);
    expect(existsSync(join(older, 'server', 'data', 'global', 'pg_control'))).toBe(true);
    renameSync(older, join(project.folder, 'before'));
    await expect(project.open()).resolves.toBeDefined();
  });

  it('is reported with the words of the server that refuses it', async () => {
    useAgain();
    writeFileSync(join(project.home, 'data', 'postgresql.auto.conf'), 'shared_buffers = nonsense\n');
    await expect(project.open()).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_START_FAILED',
      message: expect.stringContaining('shared_buffers') as string,
    });
  });

  it('is refused when somebody else may write its folder', async () => {
    use();
    mkdirSync(join(project.dataRoot, 'postgres-18'), { recursive: true });
    chmodSync(join(project.dataRoot, 'postgres-18'), 0o777);
    await expect(project.open()).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' });
  });
});

describe.skipIf(!isRoot)('as root', () => {
  it('runs the server as somebody else', async () => {
    await useAgain().open();
    expect(statSync(`/proc/${serverPid(project.home)}`).uid).toBe(findRunUser()?.uid);
  });

  it('moves out of a closed home, says so once, and changes no permission', async () => {
    use('closed');
    chmodSync(project.folder, 0o700);
    const first = await project.open();
    await queryRow(first.url, 'create table kept as select 42 as answer');
    const moved = project.logged.filter(({ msg }) => msg === 'local postgres lives outside the project');
    expect(moved).toHaveLength(1);
    expect(moved[0]?.['folder']).toMatch(/^\/var\/tmp\/catalog-sync-[0-9a-f]{16}$/);
    expect(statSync(join(String(moved[0]?.['folder']), 'server')).mode & 0o777).toBe(0o700);
    expect(statSync(project.folder).mode & 0o777).toBe(0o700);
    await first.release();
    const second = await project.open();
    expect(await queryRow(second.url, 'select answer from kept')).toEqual({ answer: 42 });
  });

  it('begins with an empty database when the project was removed, and keeps the old data aside', async () => {
    use('closed');
    chmodSync(project.folder, 0o700);
    const first = await project.open();
    await queryRow(first.url, 'create table old as select 1 as one');
    rmSync(project.dataRoot, { recursive: true });
    const second = await project.open();
    await expect(queryRow(second.url, 'select one from old')).rejects.toThrow(/does not exist/);
    await expect(queryRow(first.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    const aside = project.logged.find(({ msg }) => String(msg).endsWith('was moved aside'));
    expect(existsSync(join(String(aside?.['folder']), 'data', 'PG_VERSION'))).toBe(true);
  });

  it('does not begin with an empty database when the project was closed later', async () => {
    await use('open')
      .open()
      .then((postgres) => postgres.release());
    chmodSync(project.folder, 0o700);
    await expect(project.open()).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' });
    chmodSync(project.folder, 0o755);
    await expect(project.open()).resolves.toBeDefined();
  });
});
