import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/environment.ts';
import { createProject } from '../../support/in-process.ts';

const load = (key: string, value: string) =>
  loadConfig({ projectDir: createProject(), env: { [key]: value } });
const refusal = (key: string, said: string) => `configuration is not usable: ${key} ${said}`;

describe('an address that browsers come back to', () => {
  const key = 'ALIBABA_REDIRECT_URI';

  it.each(['http://shop.example/cb?a=1', 'https://shop.example/cb', 'http://localhost:3000'])(
    '%s is taken as it is',
    (url) => {
      expect(load(key, url).ALIBABA_REDIRECT_URI).toBe(url);
    },
  );

  it.each([
    ['shop.example/cb', 'is not a http or https url'],
    ['ftp://shop.example/cb', 'is not a http or https url'],
    ['https://user@shop.example/cb', 'must have no user or fragment'],
    ['https://:password@shop.example/cb', 'must have no user or fragment'],
    ['https://shop.example/cb#top', 'must have no user or fragment'],
  ])('%s %s', (url, said) => {
    expect(() => load(key, url)).toThrow(refusal(key, said));
  });
});

describe('the address of a webhook', () => {
  const key = 'NOTIFY_WEBHOOK_URL';
  const needsTls = 'is not a https url (http only for a loopback host)';

  it.each(['https://hooks.example/x?token=1', 'http://127.0.0.1:8080/x'])('%s is taken', (url) => {
    expect(load(key, url).NOTIFY_WEBHOOK_URL?.reveal()).toBe(url);
  });

  it.each([
    ['hooks.example/x', needsTls],
    ['http://hooks.example/x', needsTls],
    ['http://10.0.0.1/x', needsTls],
    ['ftp://127.0.0.1/x', needsTls],
    ['https://user@hooks.example/x', 'must have no user or fragment'],
    ['https://:password@hooks.example/x', 'must have no user or fragment'],
    ['https://hooks.example/x#top', 'must have no user or fragment'],
  ])('%s %s', (url, said) => {
    expect(() => load(key, url)).toThrow(refusal(key, said));
  });
});

describe('the gateway', () => {
  it.each(['https://gw.example/#top', 'https://:password@gw.example/', 'https://gw.example/?a=1'])(
    '%s has a part that no call takes along',
    (url) => {
      expect(() => load('ALIBABA_API_URL', url)).toThrow('must have no user, query or fragment');
    },
  );

  it('is named when its address is none, and when it needs TLS', () => {
    expect(() => load('ALIBABA_API_URL', 'gw.example')).toThrow(refusal('ALIBABA_API_URL', 'is not a url'));
    expect(() => load('ALIBABA_API_URL', 'http://gw.example/')).toThrow(
      'must be https (http only for a loopback host, or one without a dot in its name)',
    );
  });
});

describe('a port', () => {
  it.each([
    ['0', 0],
    ['65535', 65_535],
  ])('%s is taken', (text, port) => {
    expect(load('PORT', text).PORT).toBe(port);
  });

  it.each(['65536', '123456', '-1', '80a'])('%s is refused', (text) => {
    expect(() => load('PORT', text)).toThrow(refusal('PORT', 'is not a port from 0 to 65535'));
  });
});

describe('trusted proxies', () => {
  const key = 'WEB_TRUSTED_PROXIES';

  it.each([
    '10.0.0.1',
    '10.0.0.0/8',
    '10.0.0.0/0',
    '10.0.0.1/32',
    '::1',
    'fd00::/8',
    '::1/128',
    '10.0.0.1, ::1',
  ])('%s is taken', (text) => {
    expect(load(key, text).WEB_TRUSTED_PROXIES).toEqual(text.split(', '));
  });

  it.each([
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/x',
    '10.0.0.0/8/8',
    'proxy',
    'proxy/0',
    '/8',
    '10.0.0.1,',
    '10.0.0.1, proxy',
  ])('%s is refused', (text) => {
    expect(() => load(key, text)).toThrow(/WEB_TRUSTED_PROXIES\.\d has an entry that is no address/);
  });
});

it('the token of the pages has 16 characters or more', () => {
  expect(load('WEB_TOKEN', 'x'.repeat(16)).WEB_TOKEN?.reveal()).toHaveLength(16);
  expect(load('WEB_TOKEN', 'x'.repeat(200)).WEB_TOKEN?.reveal()).toHaveLength(200);
  expect(() => load('WEB_TOKEN', 'x'.repeat(15))).toThrow(
    refusal('WEB_TOKEN', 'must have 16 characters or more'),
  );
});

it('the names that browsers may use are listed without the gaps between them', () => {
  expect(load('WEB_ALLOWED_HOSTS', 'shop.example, [::1]').WEB_ALLOWED_HOSTS).toEqual([
    'shop.example',
    '[::1]',
  ]);
  expect(() => load('WEB_ALLOWED_HOSTS', 'shop.example:80')).toThrow('has a name that is no host name');
});

it('settings that are 0 or 1 are off unless they are 1', () => {
  expect(loadConfig({ projectDir: createProject(), env: {} })).toMatchObject({
    ...{ ALLOW_UNENCRYPTED: false, WEB_REMOTE_IMAGES: false, WEB_QUEUE_ACTIONS: false },
    ...{ PORT: 3000, WEB_HOST: '127.0.0.1', NEXT_PUBLIC_SITE_URL: 'http://localhost:3000' },
    ...{ NOTIFY_FORMAT: 'generic', NOTIFY_URGENT_FORMAT: 'generic' },
  });
  expect(load('WEB_QUEUE_ACTIONS', '1').WEB_QUEUE_ACTIONS).toBe(true);
  expect(load('WEB_QUEUE_ACTIONS', '0').WEB_QUEUE_ACTIONS).toBe(false);
});

it('a file of a secret may have 64 kB, and no more', () => {
  const projectDir = createProject();
  const read = (length: number) => {
    const file = join(projectDir, 'secret');
    writeFileSync(file, 'x'.repeat(length));
    return loadConfig({ projectDir, env: { ALIBABA_APP_SECRET_FILE: file } }).ALIBABA_APP_SECRET?.reveal();
  };
  expect(read(65_536)).toHaveLength(65_536);
  expect(() => read(65_537)).toThrow(refusal('ALIBABA_APP_SECRET_FILE:', 'is too long for a secret'));
});
