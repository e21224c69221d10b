import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '../../../src/core/exit-codes.ts';
import { defaultTimeouts } from '../../../src/extract/gateway/transport.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';
import { root } from '../../support/compose-file.ts';
import { readUnit, sectionLines, units, unitValues, type Unit } from './unit-file.ts';

const services = units.filter((unit) => unit.endsWith('.service'));
const hasTools = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasTools) process.stderr.write('systemd units are not verified: there is no systemd-analyze\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'systemd-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With the program and the Node of this machine in place of the installed ones. */
const native = (text: string) =>
  text.replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/catalog-sync', root);

describe.skipIf(!hasTools)('systemd-analyze', () => {
  const analyze = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8', cwd: folder });
    return { status, text: stdout + stderr };
  };
  beforeAll(() => {
    for (const unit of units) writeFileSync(join(folder, unit), native(readUnit(unit)));
  });

  test('finds nothing wrong with the units', () => {
    expect(analyze('verify', '--man=no', ...units.map((unit) => join(folder, unit)))).toEqual({
      status: 0,
      text: '',
    });
  });

  test.each(services)('rates %s 1.5 or better', (unit) => {
    const { status, text } = analyze(
      'security',
      '--offline=true',
      '--threshold=15',
      '--no-pager',
      join(folder, unit),
    );
    expect(status, text).toBe(0);
  });

  test('has the timer elapse at night in China', () => {
    const [calendar = ''] = unitValues('catalog-sync.timer', 'OnCalendar');
    const { text } = analyze('calendar', '--base-time=2026-11-25 12:00:00 UTC', calendar);
    expect(text).toContain('2026-11-25 18:30:00 UTC');
  });
});

describe('the units', () => {
  test('give their processes the same user, secrets and rights', () => {
    const [first, ...others] = services.map((unit) =>
      sectionLines(unit, 'Service').filter(
        (line) => !/^(Type|ExecStart|TimeoutStartSec|Restart\w*)=/.test(line),
      ),
    );
    expect(first?.length).toBeGreaterThan(25);
    for (const other of others) expect(other).toEqual(first);
  });

  test('leave time to end the longest call and to stop Postgres, and tell only the program', () => {
    for (const unit of services) {
      expect(Number(unitValues(unit, 'TimeoutStopSec')[0]) * 1000).toBeGreaterThanOrEqual(
        2 * defaultTimeouts.totalMs,
      );
      expect(unitValues(unit, 'KillMode')).toEqual(['mixed']);
    }
  });

  test('are not started again when only a person can help', () => {
    for (const unit of ['catalog-sync-serve.service', 'catalog-sync-worker@.service'] as const)
      expect(unitValues(unit, 'RestartPreventExitStatus')).toEqual([
        `${exitCodes.usage} ${exitCodes.configuration}`,
      ]);
  });
});

describe('the commands of docs/operations.md', () => {
  const commands = codeBlocks('docs/operations.md')
    .filter(({ language, text }) => language === 'sh' && /systemd|app-secret/.test(text))
    .flatMap(({ text }) => text.split('\n'));
  const hasProgram = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;

  test.skipIf(!hasTools || !hasProgram('openssl'))('install the units, the user and the secrets', () => {
    const target = join(folder, 'root');
    for (const line of commands) {
      if (/list-timers|systemd-run/.test(line)) continue;
      const moved = line
        .replaceAll(/ (\/(?:etc|usr|var)\/)/g, ` ${target}$1`)
        .replaceAll('=/etc/', `=${target}/etc/`)
        .replace(/^systemd-sysusers$/, `systemd-sysusers --root=${target}`)
        .replace(/^systemd-ask-password '.*?'/, 'echo the-secret')
        .replace(/^systemctl enable --now/, `systemctl --root=${target} enable`);
      execFileSync('sh', ['-euc', moved], { cwd: root, stdio: 'pipe' });
    }
    expect(readFileSync(join(target, 'etc/passwd'), 'utf8')).toMatch(/^catalog-sync:/m);
    expect(readdirSync(join(target, 'etc/systemd/system/timers.target.wants'))).toEqual([
      'catalog-sync.timer',
    ]);
    for (const name of ['settings.env', 'app-secret', 'token-key'])
      expect(statSync(join(target, 'etc/catalog-sync', name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(target, 'etc/catalog-sync/app-secret'), 'utf8')).toBe('the-secret\n');
    for (const unit of services)
      for (const [, path = ''] of unitValues(unit, 'LoadCredential').map((value) => value.split(':')))
        expect(existsSync(join(target, path))).toBe(true);
  });
});

describe('the command of a unit', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  beforeAll(async () => {
    [database, sandbox] = [await createTestDatabase(), await startTestSandbox()];
    writeFileSync(join(folder, 'app-secret'), `${sandbox.appSecret}\n`);
    writeFileSync(join(folder, 'token-key'), `${'0'.repeat(64)}\n`);
    const projects = join(folder, 'state', 'catalog-sync');
    execFileSync('mkdir', ['-p', projects]);
    writeFileSync(
      join(projects, 'catalog-sync.yaml'),
      "account: business\nquotas: { per_second: 200 }\nfeeds: [{ name: all, categories: ['0'], max_pages: 1 }]\n",
    );
  });
  afterAll(async () => {
    await sandbox.close();
    await database.drop();
  });

  /** Starts it as systemd would: with its environment, its credentials, and nothing else. */
  function start(unit: Unit, ...more: string[]) {
    const settled = (text: string) =>
      native(text).replaceAll('%S', join(folder, 'state')).replaceAll('%d', folder);
    const [program = '', ...words] = settled(unitValues(unit, 'ExecStart')[0] ?? '').split(' ');
    const settings = {
      ALIBABA_API_URL: sandbox.url,
      ALIBABA_APP_KEY: sandbox.appKey,
      ALIBABA_ACCESS_TOKEN: sandbox.accessToken,
      DATABASE_URL: database.url,
    };
    const own = unitValues(unit, 'Environment').flatMap((value) => settled(value).split(' '));
    const env = {
      ...settings,
      ...Object.fromEntries(own.map((pair) => pair.split('=') as [string, string])),
    };
    const child = spawn(program, [...words, ...more], { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    return { child, log: () => text, ended: once(child, 'close') as Promise<[number | null, string | null]> };
  }

  test('syncs, for the timer', async () => {
    const { ended, log } = start('catalog-sync.service');
    expect((await ended)[0], log()).toBe(0);
    expect((await database.pool.query('SELECT status FROM sync.run')).rows).toEqual([
      { status: 'succeeded' },
    ]);
  });

  test.each([
    ['catalog-sync-worker@.service', [], 'worker ready'],
    ['catalog-sync-serve.service', ['--port', '0'], '"serving"'],
  ] as const)('of %s works until it is told to stop, and ends well', async (unit, more, ready) => {
    const { child, ended, log } = start(unit, ...more);
    await until(() => child.exitCode !== null || log().includes(ready), { timeoutMs: 60_000, what: ready });
    child.kill('SIGTERM');
    expect(await ended, log()).toEqual([0, null]);
  });
});
