import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandVariable } from '../../../src/cli/name-command.ts';
import { configKeys } from '../../../src/config/environment.ts';
import { sourceOf } from '../../../src/app/credentials.ts';
import { loadConfig, parseEnvText } from '../../../src/config/environment.ts';
import { readSyncConfig } from '../../../src/config/read-sync-config.ts';
import { settle } from '../../../src/sandbox/options.ts';
import { images } from '../../support/images.ts';
import {
  composeText,
  interpolate,
  readCompose,
  root,
  serviceOf,
  type ComposeService,
} from '../../support/compose-file.ts';

const compose = readCompose();
const services = Object.entries(compose.services);
const namesWhere = (isMeant: (service: ComposeService) => boolean) =>
  services
    .filter(([, service]) => isMeant(service))
    .map(([name]) => name)
    .toSorted();

describe('docker-compose.yml', () => {
  test('bounds the memory and the log of every service', () => {
    expect(
      namesWhere(
        ({ mem_limit, logging }) => mem_limit === undefined || logging?.options['max-size'] === undefined,
      ),
    ).toEqual([]);
  });

  test('gives parallel workers of Postgres room for what they share', () => {
    const { command = [], mem_limit, shm_size } = serviceOf('postgres');
    const gigabytes = (size: string | undefined) => Number(/^(\d+)g$/.exec(size ?? '')?.[1]);
    const workMemMb = Number(
      /work_mem=(\d+)MB/.exec(command.find((part) => part.startsWith('-cwork_mem')) ?? '')?.[1],
    );
    // Of three processes, each may take twice that for one hash table.
    expect(gigabytes(shm_size) * 1024).toBeGreaterThanOrEqual(3 * 2 * workMemMb);
    expect(gigabytes(mem_limit)).toBeGreaterThan(gigabytes(shm_size));
  });

  test('has the databases, the migration, the workers and the pages', () => {
    expect(namesWhere(({ profiles }) => profiles === undefined)).toEqual([
      'migrate',
      'postgres',
      'redis',
      'web',
      'worker',
    ]);
    expect(compose.version).toBeUndefined();
  });

  test('has Prometheus and Grafana for those who ask for them', () => {
    expect(namesWhere(({ profiles }) => profiles?.join() === 'observability')).toEqual([
      'grafana',
      'grafana-reader',
      'prometheus',
    ]);
  });

  test('has a simulated 1688 and a first run against it for those who try it', () => {
    expect(namesWhere(({ profiles }) => profiles?.join() === 'try')).toEqual(['first-sync', 'sandbox']);
    const values = parseEnvText(readFileSync(join(root, 'deploy/try/try.env'), 'utf8'));
    for (const text of composeText.matchAll(/(?<!\$)\$\{\w+:\?[^}]*\}/g))
      expect(interpolate(text[0], values)).not.toBe('');
    const { appKey, appSecret, accessToken } = settle({});
    expect(values).toMatchObject({
      ALIBABA_APP_KEY: appKey,
      ALIBABA_APP_SECRET: appSecret,
      ALIBABA_ACCESS_TOKEN: accessToken,
      ALIBABA_API_URL: `http://sandbox:${serviceOf('sandbox').command?.[4] ?? ''}/openapi`,
    });
    const env = { ...values, ALLOW_UNENCRYPTED: '1' };
    expect(sourceOf(loadConfig({ projectDir: root, env, readFiles: false }))).toBe('sandbox');
    expect(readSyncConfig(join(root, 'deploy/try')).feeds.map(({ name }) => name)).toEqual([
      'everything',
      'phones',
    ]);
  });

  test('runs the images that the tests run, and others of one version', () => {
    const imageOf = (name: string) => interpolate(serviceOf(name).image, process.env);
    expect(imageOf('postgres')).toBe(images.postgres);
    expect(imageOf('grafana-reader')).toBe(images.postgres);
    expect(imageOf('redis')).toBe(images.redis);
    for (const name of ['prometheus', 'grafana']) expect(serviceOf(name).image).toMatch(/:v?\d+\.\d+\.\d+$/);
  });

  test('publishes pages on loopback only, and names no container, so that workers can be scaled', () => {
    expect(namesWhere(({ ports }) => ports !== undefined)).toEqual(['grafana', 'prometheus', 'web']);
    const published = services.flatMap(([, { ports = [] }]) => ports);
    for (const port of published) expect(interpolate(port, {})).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(published.map((port) => port.split(':')[1])).size).toBe(published.length);
    for (const [, service] of services) expect(service.container_name).toBeUndefined();
  });

  test('keeps the databases on a network without a way out', () => {
    expect(compose.networks['data']).toEqual({ internal: true });
    for (const name of ['postgres', 'redis', 'migrate', 'grafana-reader'])
      expect(serviceOf(name).networks).toEqual(['data']);
    // It needs neither database.
    expect(serviceOf('prometheus').networks).toEqual(['default']);
  });

  test('lets a service write to its volumes only, and gives it no rights', () => {
    for (const [name, service] of services) {
      if (name === 'postgres' || name === 'redis') continue;
      expect({ name, ...service }).toMatchObject({
        name,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  test('mounts what is of this folder to be read only, and says so when it is missing', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((each) => typeof each === 'object'),
    );
    expect(mounts.length).toBeGreaterThan(4);
    for (const mount of mounts) {
      expect(mount).toMatchObject({ type: 'bind', read_only: true, bind: { create_host_path: false } });
      const { source } = mount as { source: string };
      const path = interpolate(source, {});
      expect(path === './catalog-sync.yaml' || existsSync(join(root, path))).toBe(true);
    }
  });

  test('takes every password from a variable', () => {
    const variables = [...composeText.matchAll(/(?<!\$)\$\{(\w+)([^}]*)\}/g)];
    const passwords = variables.filter(([, name]) => /PASSWORD|APP_SECRET|WEB_TOKEN/.test(name ?? ''));
    expect(passwords.length).toBeGreaterThan(6);
    for (const [, service] of services) {
      for (const [name, value] of Object.entries(service.environment ?? {})) {
        const isSecret = /PASSWORD|AUTH|SECRET|TOKEN|DATABASE_URL|REDIS_URL/.test(name);
        if (isSecret) expect(`${name}: ${value}`).toMatch(/\$\{\w+/);
      }
    }
  });

  test('wants no variable that only a profile needs: Compose puts them in before it picks services', () => {
    const wantedBy = (names: readonly string[]) =>
      names.flatMap((name) => [...JSON.stringify(serviceOf(name)).matchAll(/(?<!\$)\$\{(\w+):\?/g)]);
    const namesOf = (found: readonly RegExpExecArray[]) => new Set(found.map(([, name]) => name));
    const always = namesOf(wantedBy(namesWhere(({ profiles }) => profiles === undefined)));
    const inProfile = namesOf(wantedBy(namesWhere(({ profiles }) => profiles !== undefined)));
    expect([...always].toSorted()).toEqual([
      'ALIBABA_APP_KEY',
      'ALIBABA_APP_SECRET',
      'POSTGRES_PASSWORD',
      'REDIS_PASSWORD',
      'WEB_TOKEN',
    ]);
    expect([...inProfile].filter((name) => !always.has(name))).toEqual([]);
  });

  test('waits for healthy databases and a finished migration', () => {
    expect(serviceOf('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of ['worker', 'web'])
      expect(serviceOf(name).depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
  });

  test('has a health check for whatever keeps running', () => {
    for (const [name, service] of services) {
      if (['migrate', 'first-sync', 'grafana-reader'].includes(name)) expect(service.restart).toBe('no');
      else expect(service.healthcheck?.test.length).toBeGreaterThan(0);
    }
  });

  test('gives the program only variables that it reads', () => {
    const own = ['migrate', 'worker', 'web'].flatMap((name) =>
      Object.keys(serviceOf(name).environment ?? {}),
    );
    expect(own.filter((key) => ![...configKeys, commandVariable].includes(key))).toEqual([]);
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

  test('ends in a stage without build tools, on a slim image of Node 24', () => {
    expect(stages.length).toBeGreaterThan(2);
    expect(text).toMatch(/^ARG NODE_IMAGE=node:24-[a-z]+-slim$/m);
    expect(last).toMatch(/^\$\{NODE_IMAGE\}\n/);
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
    for (const file of files.filter((name) => name !== 'dist' && !name.startsWith('!')))
      expect(last).toContain(file);
  });
});
