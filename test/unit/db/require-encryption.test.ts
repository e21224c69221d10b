import { expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { listUnencrypted, requireEncryption } from '../../../src/db/require-encryption.ts';

it.each([
  ['postgres://u:p@db.example/x', true],
  ['postgres://u:p@db.example/x?sslmode=verify-full', false],
  ['postgres://u:p@localhost/x', false],
  ['postgres://u:p@127.0.0.1:5433/x', false],
  ['postgres://u:p@[::1]/x', false],
  ['postgres://u:p@[2001:db8::1]/x', true],
  ['postgres://u:p@/x?host=/run/postgresql', false],
  ['postgres://u:p@/x?host=no%20host', true],
])('%s crosses a network that others can read: %s', (url, isOpen) => {
  const [own, read] = [{ DATABASE_URL: new Secret(url) }, { DATABASE_READ_URL: new Secret(url) }];
  expect(listUnencrypted({ ...own, ALLOW_UNENCRYPTED: false })).toEqual(isOpen ? ['DATABASE_URL'] : []);
  expect(listUnencrypted({ ...read, ALLOW_UNENCRYPTED: false })).toEqual(isOpen ? ['DATABASE_READ_URL'] : []);
});

it.each([
  ['redis://:p@redis.example', true],
  ['rediss://:p@redis.example', false],
  ['redis://localhost:6380', false],
  ['redis://[::1]:6380', false],
  ['redis://[2001:db8::1]', true],
  ['redis:///1', false],
])('%s shows passwords: %s', (url, isOpen) => {
  const listed = listUnencrypted({ REDIS_URL: new Secret(url), ALLOW_UNENCRYPTED: false });
  expect(listed).toEqual(isOpen ? ['REDIS_URL'] : []);
});

it('refuses all that is open at once, unless that is allowed', () => {
  const open = {
    DATABASE_URL: new Secret('postgres://db.example/x'),
    REDIS_URL: new Secret('redis://r.example'),
  };
  const message = 'DATABASE_URL and REDIS_URL would connect to another machine without TLS; nothing was sent';
  expect(() => requireEncryption({ ...open, ALLOW_UNENCRYPTED: false })).toThrow(message);
  expect(() => requireEncryption({ ...open, ALLOW_UNENCRYPTED: true })).not.toThrow();
  expect(() => requireEncryption({ ALLOW_UNENCRYPTED: false })).not.toThrow();
});
