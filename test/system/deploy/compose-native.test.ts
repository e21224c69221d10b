import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { findTestPort } from '../../support/find-test-port.ts';
import { findTool } from '../../support/find-tool.ts';
import { until } from '../../support/until.ts';
import { interpolate, serviceOf } from '../../support/compose-file.ts';

/*
 * What docker-compose.yml would run in containers, run on this machine: the very commands and health checks,
 * with nothing changed but addresses and folders.
 */

const path = process.env['PATH'] ?? '';
const password = 'only-for-this-test';

function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

function healthCheck(service: string): string {
  const [kind, ...words] = serviceOf(service).healthcheck?.test ?? [];
  return kind === 'CMD-SHELL' ? (words[0] ?? '') : words.join(' ');
}

describe.skipIf(findTool(['redis-server'], process.env) === null || !hasProgram('redis-cli'))('redis', () => {
  let folder: string;
  let port: number;
  let server: ReturnType<typeof spawn>;

  const cli = (...args: string[]) =>
    execFileSync('redis-cli', ['-p', String(port), ...args], {
      encoding: 'utf8',
      env: { PATH: path, REDISCLI_AUTH: password },
    }).trim();
  const isHealthy = (given: string) =>
    spawnSync('sh', ['-c', healthCheck('redis').replace('redis-cli', `redis-cli -p ${port}`)], {
      env: { PATH: path, REDISCLI_AUTH: given },
    }).status === 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'compose-redis-'));
    port = await findTestPort();
    const [shell = '', flag = '', line = ''] = serviceOf('redis').command ?? [];
    const native = `${interpolate(line, {})} --port ${port} --bind 127.0.0.1 --dir ${folder}`;
    server = spawn(shell, [flag, native], {
      stdio: 'ignore',
      env: { PATH: path, REDISCLI_AUTH: password },
    });
    await until(() => server.exitCode !== null || isHealthy(password));
  });

  afterAll(async () => {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('starts with the flags of its service and passes its health check', () => {
    expect(server.exitCode).toBeNull();
    expect(isHealthy(password)).toBe(true);
  });

  test('keeps an append-only file and never evicts a job', () => {
    expect(cli('config', 'get', 'appendonly')).toContain('yes');
    expect(cli('config', 'get', 'maxmemory-policy')).toContain('noeviction');
    expect(cli('config', 'get', 'save').split('\n')[1] ?? '').toBe('');
  });

  test('answers nobody without the password', () => {
    expect(isHealthy('another')).toBe(false);
  });
});

describe('postgres', () => {
  test.skipIf(!hasProgram('pg_isready'))('passes its health check', () => {
    const { hostname, port } = new URL(inject('testServers').adminUrl);
    const line = healthCheck('postgres').replace('--host=127.0.0.1', `--host=${hostname} --port=${port}`);
    expect(line).toContain(`--port=${port}`);
    expect(spawnSync('sh', ['-c', line]).status).toBe(0);
    expect(spawnSync('sh', ['-c', line.replace(`=${port}`, '=1')]).status).not.toBe(0);
  });
});
