import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readPostmaster } from '../../../src/local/postmaster.ts';
import { findRunUser } from '../../../src/local/run-user.ts';
import { until } from '../../support/until.ts';
import { startUserProcess } from './child.ts';
import { createProject, createSeed, isRoot, queryRow, type LocalProject, type Seed } from './project.ts';

let seed: Seed;
let project: LocalProject;
const use = () => (project = createProject());
const useAgain = () => (project = seed.createUsedProject());
beforeAll(async () => {
  seed = await createSeed();
});
afterAll(() => seed.remove());
afterEach(() => project.remove());

const readServer = () => readPostmaster(join(project.home, 'data'));

describe('processes that open the same folder', () => {
  it('share one server when they start at once, and the last one stops it', async () => {
    use();
    const users = [1, 2, 3].map(() => startUserProcess(project.dataRoot));
    const urls = await Promise.all(users.map(({ url }) => url));
    expect(new Set(urls).size).toBe(1);
    const url = String(urls[0]);
    for (const user of users.slice(1)) await user.finish();
    expect(await queryRow(url, 'select 1 as one')).toEqual({ one: 1 });
    await users[0]?.finish();
    await expect(queryRow(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    expect(readServer()).toBeNull();
  });

  it('reuse what a killed one has left, and stop it', async () => {
    useAgain();
    const killed = startUserProcess(project.dataRoot);
    const url = await killed.url;
    killed.signalGroup('SIGKILL');
    await once(killed.process, 'close');
    const before = readServer();
    expect(before?.isRunning).toBe(true);
    const next = await project.open();
    expect(next.url).toBe(url);
    expect(readServer()?.pid).toBe(before?.pid);
    await next.release();
    expect(readServer()).toBeNull();
  });

  it('keep the server through a Ctrl-C until they have drained', async () => {
    useAgain();
    const worker = startUserProcess(project.dataRoot);
    await worker.url;
    const other = await project.open();
    worker.signalGroup('SIGINT');
    await once(worker.process, 'close');
    expect(worker.process.exitCode).toBe(0);
    expect(await queryRow(other.url, 'select one from drained')).toEqual({ one: 1 });
  });

  it('recover together when the server is killed under them', async () => {
    useAgain();
    const worker = startUserProcess(project.dataRoot);
    await worker.url;
    process.kill(readServer()?.pid ?? 0, 'SIGKILL');
    const next = await project.open();
    expect(await queryRow(next.url, 'select 1 as one')).toEqual({ one: 1 });
    await next.release();
    expect(readServer()?.isRunning).toBe(true);
    await worker.finish();
    expect(readServer()).toBeNull();
  });

  it('count a user who never came to the end of opening', async () => {
    useAgain();
    const killed = startUserProcess(project.dataRoot);
    await until(() => readServer()?.isRunning, { pollMs: 2 });
    killed.signalGroup('SIGKILL');
    const next = await project.open();
    expect(await queryRow(next.url, 'select 1 as one')).toEqual({ one: 1 });
    await next.release();
    expect(readServer()).toBeNull();
  });
});

/** Whether another user can run this Node and reach this checkout: not in a 0700 home. */
function canNobodyRead(): boolean {
  const user = findRunUser();
  if (!user) return false;
  const checkout = fileURLToPath(new URL('../../..', import.meta.url));
  const script = `require('node:fs').readdirSync(${JSON.stringify(`${checkout}node_modules`)})`;
  return spawnSync(process.execPath, ['-e', script], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

describe.skipIf(!isRoot || !canNobodyRead())('a normal user', () => {
  it('runs the server as itself, and root leaves its data alone', async () => {
    use();
    const user = findRunUser() ?? { uid: 65534, gid: 65534 };
    mkdirSync(project.dataRoot);
    chownSync(project.dataRoot, user.uid, user.gid);
    const child = startUserProcess(project.dataRoot, user);
    expect(await queryRow(await child.url, 'select 1 as one')).toEqual({ one: 1 });
    await expect(project.open()).rejects.toMatchObject({ code: 'LOCAL_POSTGRES_DATA_UNUSABLE' });
    await child.finish();
    expect(readServer()).toBeNull();
  });

  it("is told when the data is root's", async () => {
    await useAgain().open();
    const user = findRunUser() ?? { uid: 65534, gid: 65534 };
    const child = startUserProcess(project.dataRoot, user);
    await expect(child.url).rejects.toThrow(/another user/);
  });
});
