import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/terminal/display-width.ts';
import { builtProgram } from '../../support/built-program.ts';
import { until } from '../../support/until.ts';
import {
  checkedOut,
  childrenOf,
  createDemoProject,
  isAlive,
  type DemoProject,
  type StartedDemo,
} from './demo-project.ts';

/** What a developer may have around, none of which is the demo's business. */
const hostile = {
  ALIBABA_APP_KEY: 'x',
  ALIBABA_API_URL: 'https://gw.open.1688.com/openapi',
  DATABASE_URL: 'postgres://127.0.0.1:1/x',
  REDIS_URL: 'redis://127.0.0.1:1',
  LOG_LEVEL: 'not a level',
  NOTIFY_WEBHOOK_URL: 'not a url',
  PGSSLMODE: 'require',
};

/** What `demo --json` prints, as far as it is fetched here. */
interface DemoReport {
  readonly day: number;
  readonly run: {
    readonly status: string;
    readonly callsUsed: number;
    readonly counts: Readonly<Record<string, number>>;
  };
  readonly catalog: Readonly<Record<string, number>>;
  readonly calls: readonly { readonly operation: string; readonly used: number; readonly quota: number }[];
  readonly priceMoves: { readonly offers: number; readonly largest: readonly object[] };
  readonly availability: readonly { readonly change: string }[];
}

let project: DemoProject;
beforeAll(async () => {
  project = createDemoProject(await builtProgram());
});
afterEach(() => project.endAll());
afterAll(() => project.remove());

const says = (demo: StartedDemo, text: string) =>
  until(() => demo.output.err.includes(text), { timeoutMs: 120_000, what: `the demo says "${text}"` });

/** Runs a printed command in the shell of a user with another database. */
const shell = (command: string) =>
  promisify(execFile)('sh', ['-c', command], {
    cwd: project.folder,
    env: { PATH: process.env['PATH'], DATABASE_URL: hostile.DATABASE_URL },
  });

const isOf = (name: string, text: string) => Number(new RegExp(`^${name} +([\\d,]+)`, 'm').exec(text)?.[1]);

/** Each test continues in the folder of the one before it, like a user who tries the demo. */
describe('the demo', { timeout: 300_000 }, () => {
  test('syncs a simulated day with any configuration, says what there is now, and makes the next one wait', async () => {
    writeFileSync(join(project.folder, '.env'), 'DATABASE_URL=nonsense\n');
    writeFileSync(join(project.folder, '.env.local'), 'TOKEN_KEY=zz\n');
    writeFileSync(join(project.folder, 'catalog-sync.yaml'), 'nonsense: [');
    const first = project.start([], { env: hostile, program: checkedOut });
    await says(first, 'starting the sandbox, a simulated 1688');
    const second = project.start(['--json']);
    await says(second, 'another demo runs in this folder: waiting for it to end');
    expect(await first.ended, first.output.err).toBe(0);
    const { out, err } = first.output;
    expect(err).toMatch(/^setting up Postgres for the first time/);
    expect(err).toContain('SANDBOX: using mock data');
    expect(out).toMatch(/^outcome +succeeded$/m);
    expect(isOf('offers new', out)).toBe(isOf('offers', out));
    expect(isOf('offers changed', out)).toBe(0);
    expect(isOf('categories listed', out)).toBe(60);
    expect(isOf('categories', out)).toBe(60);
    expect(isOf('prices opened', out)).toBe(isOf('prices', out));
    const used = [...out.matchAll(/^(?:category|search|offer)\.\w+ +\S+ +(\d+) +10,000$/gm)];
    expect(used.reduce((sum, [, calls]) => sum + Number(calls), 0)).toBe(isOf('calls', out));

    expect(await second.ended, second.output.err).toBe(0);
    expect(second.output.err).not.toContain('setting up');
    expect(second.output.err).toContain('1 simulated day later');
    expect(second.output.out.trim().split('\n')).toHaveLength(1);
    const report = JSON.parse(second.output.out) as DemoReport;
    const { counts } = report.run;
    expect(report).toMatchObject({ day: 2, run: { status: 'succeeded' } });
    // Most search rows say that nothing has changed, so that their details need no call.
    const observations = report.calls.find(({ operation }) => operation === 'offer.detail')?.used;
    expect(observations).toBeLessThan(0.6 * (report.catalog['offers'] ?? NaN));
    // Each detail is the first of an offer, or one of an offer that is changed or not.
    expect(
      (counts['offersCompleted'] ?? 0) + (counts['offersChanged'] ?? 0) + (counts['offersUnchanged'] ?? 0),
    ).toBe(observations);
    expect(report.priceMoves.offers).toBeGreaterThan(0);
    expect(report.priceMoves.largest[0]).toMatchObject({ offerId: expect.stringMatching(/^\d+$/) as string });
    const changes = report.availability.map(({ change }) => change);
    expect(changes).toEqual(expect.arrayContaining(['listed_again', 'sold_out']));
    expect(report.calls.map(({ operation }) => operation)).toEqual(['search.keyword', 'offer.detail']);
    expect(project.isServerRunning()).toBe(false);
  });

  test('killed in the middle takes up its day again, and what it prints fits and can be typed', async () => {
    const killed = project.start();
    await says(killed, 'run 3');
    const children = childrenOf(killed.child.pid);
    expect(children).toHaveLength(1);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await until(() => !children.some(isAlive), { what: 'the sandbox ends with its demo' });

    const kept = project.start(['--keep'], { env: { DATABASE_URL: hostile.DATABASE_URL } });
    await says(kept, 'Kept running until Ctrl-C');
    const { out, err } = kept.output;
    expect(err).toContain('2 simulated days later');
    expect(out).toMatch(/^run 4\b/);
    expect(out).toMatch(/^Prices of \d+ offers moved/m);
    for (const line of out.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(100);
    const commands = [...err.matchAll(/^ {2}(env .*)$/gm)].map((match) => match[1] ?? '');
    expect(commands).toHaveLength(2);
    const whileKept = await Promise.all(commands.map((command) => shell(command)));
    expect(whileKept[0]?.stdout).toMatch(/^SANDBOX/);
    expect(whileKept[1]?.stderr).toBe('9 rows\n');
    const stats = /sandbox: +(\S+)/.exec(err)?.[1] ?? '';
    expect((await fetch(stats)).status).toBe(200);
    const pages = /pages: +(\S+)/.exec(err)?.[1] ?? '';
    expect(await (await fetch(`${pages}products`)).text()).toContain(
      '<strong>SANDBOX</strong> using mock data',
    );
    const status = await (await fetch(`${pages}api-status`)).text();
    expect(status).toContain('business account, feeds everything');
    expect(status).not.toContain('to correct');

    kept.child.kill('SIGINT');
    expect(await kept.ended).toBe(0);
    await expect(fetch(stats)).rejects.toThrow('fetch failed');
    expect(project.isServerRunning()).toBe(false);
    expect((await shell(commands[1] ?? '')).stderr).toBe('9 rows\n');
    expect(project.isServerRunning()).toBe(false);
  });

  test('stops politely at Ctrl-C, with exit code 1 and nothing left running', async () => {
    const demo = project.start();
    await says(demo, 'run 5');
    const children = childrenOf(demo.child.pid);
    // The whole group, as a terminal does it.
    process.kill(-(demo.child.pid ?? 0), 'SIGINT');
    expect(await demo.ended, demo.output.err).toBe(1);
    expect(demo.output.err).toContain('stopping; a second signal stops at once');
    expect(demo.output.out).toMatch(/^outcome +cancelled \(signal\)$/m);
    expect(demo.output.err).toContain('run the demo again: it fetches what is still missing');
    expect(children.filter(isAlive)).toEqual([]);
    expect(project.isServerRunning()).toBe(false);
  });

  test('stopped before its run says so, and leaves nothing when stopped twice', async () => {
    const early = project.start();
    await says(early, 'starting Postgres');
    process.kill(-(early.child.pid ?? 0), 'SIGINT');
    expect(await early.ended).toBe(1);
    expect(early.output).toMatchObject({ out: '' });
    expect(early.output.err).toContain('error INTERRUPTED: the demo was stopped by a signal');
    expect(project.isServerRunning()).toBe(false);

    const twice = project.start();
    await says(twice, 'run 6');
    const children = childrenOf(twice.child.pid);
    twice.child.kill('SIGINT');
    await says(twice, 'stopping');
    twice.child.kill('SIGINT');
    expect(await twice.ended).toBe(1);
    await until(() => !children.some(isAlive) && !project.isServerRunning());
  });
});
