import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configKeys } from '../../src/core/config.ts';
import { images } from '../support/images.ts';
import { composeText, interpolate, readCompose, root, serviceOf } from './compose-file.ts';

const compose = readCompose();
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  test('has the databases, the migration and the workers', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual(['migrate', 'postgres', 'redis', 'worker']);
    expect(compose.version).toBeUndefined();
  });

  test('runs the images that the tests run', () => {
    expect(serviceOf('postgres').image).toBe(images.postgres);
    expect(serviceOf('redis').image).toBe(images.redis);
  });

  test('publishes no port and names no container, so that workers can be scaled', () => {
    for (const [, service] of services) {
      expect(service.ports).toBeUndefined();
      expect(service.container_name).toBeUndefined();
    }
  });

  test('keeps the databases on a network without a way out', () => {
    expect(compose.networks['data']).toEqual({ internal: true });
    for (const name of ['postgres', 'redis', 'migrate']) expect(serviceOf(name).networks).toEqual(['data']);
  });

  test('takes every password from a variable that must be set', () => {
    const variables = [...composeText.matchAll(/\$\{(\w+)([^}]*)\}/g)];
    const passwords = variables.filter(([, name]) => /PASSWORD|APP_SECRET/.test(name ?? ''));
    expect(passwords.length).toBeGreaterThan(3);
    for (const [, , rest] of passwords) expect(rest).toMatch(/^:\?/);
    for (const [, service] of services) {
      for (const [name, value] of Object.entries(service.environment ?? {})) {
        if (/PASSWORD|AUTH|SECRET|TOKEN|_URL/.test(name)) expect(value).toMatch(/\$\{\w+/);
      }
    }
  });

  test('waits for healthy databases and a finished migration', () => {
    expect(serviceOf('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(serviceOf('worker').depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
      migrate: { condition: 'service_completed_successfully' },
    });
  });

  test('has a health check for whatever keeps running', () => {
    for (const [name, service] of services) {
      if (name === 'migrate') expect(service.restart).toBe('no');
      else expect(service.healthcheck?.test.length).toBeGreaterThan(0);
    }
  });

  test('gives the workers only variables that the program reads', () => {
    const own = ['migrate', 'worker'].flatMap((name) => Object.keys(serviceOf(name).environment ?? {}));
    expect(own.filter((key) => !configKeys.includes(key))).toEqual([]);
  });

  test('does not start without a password', () => {
    const url = serviceOf('migrate').environment?.['DATABASE_URL'] ?? '';
    expect(() => interpolate(url, {})).toThrow('POSTGRES_PASSWORD is required');
    expect(interpolate(url, { POSTGRES_PASSWORD: 'p4ss' })).toBe(
      'postgres://catalog_sync:p4ss@postgres:5432/catalog_sync',
    );
  });
});

describe('Dockerfile', () => {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const stages = text.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';

  test('ends in a stage without build tools, on a slim image of Node 20', () => {
    expect(stages.length).toBeGreaterThan(2);
    expect(last).toMatch(/^node:20-[a-z]+-slim\n/);
    expect(last).not.toMatch(/\bRUN\b/);
  });

  test('installs no development packages for that stage', () => {
    expect(last).toContain('--from=dependencies /app/node_modules');
    expect(stages.find((stage) => stage.includes('AS dependencies\n'))).toContain('--omit=dev');
  });

  test('runs the program as an unprivileged user', () => {
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).toContain('ENTRYPOINT ["node", "/app/bin/catalog-sync.js"]');
  });

  test('copies nothing that .dockerignore holds back', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) =>
      (sources ?? '').split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  test('copies every package file the program needs', () => {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
    for (const file of files.filter((name) => name !== 'dist')) expect(last).toContain(file);
  });
});
