import { expect, test } from 'vitest';
import { createHostCheck, isLoopbackHost } from '../../../../src/web/guard/allowed-hosts.ts';

test.each([
  ['localhost', true],
  ['::1', true],
  ['127.0.0.1', true],
  ['127.200.3.4', true],
  ['127.0.0.1.example', false],
  ['0.0.0.0', false],
  ['192.168.0.1', false],
  ['x127.0.0.1', false],
])('only this machine can reach %s: %s', (host, isOnly) => {
  expect(isLoopbackHost(host)).toBe(isOnly);
});

test('this machine, the address that is listened at and what is allowed are our names, at any port', () => {
  const isOurs = createHostCheck('192.168.0.1', ['sync.example', 'not a host']);
  for (const host of [
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1:8080',
    '[::1]:1',
    '192.168.0.1',
    'sync.example:443',
  ])
    expect(isOurs(host), host).toBe(true);
  for (const host of [
    undefined,
    '',
    'evil.example',
    '192.168.0.2',
    'evil.example@localhost',
    'localhost/x',
    'localhost?',
    'localhost#',
    'localhost\\',
    'not a host',
  ])
    expect(isOurs(host), host).toBe(false);
});

test('an address of IPv6 is a name in brackets, and all addresses are none', () => {
  expect(createHostCheck('2001:db8::1', [])('[2001:db8::1]:80')).toBe(true);
  for (const host of ['0.0.0.0', '::']) {
    const isOurs = createHostCheck(host, []);
    expect([isOurs('0.0.0.0'), isOurs('[::]'), isOurs('localhost')]).toEqual([false, false, true]);
  }
});
