import { expect, test } from 'vitest';
import { createClientAddressReader } from '../../../../src/web/guard/client-address.ts';

const read = createClientAddressReader(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);

test.each<[string, string, string | undefined, string]>([
  ['nobody forwarded it', '203.0.113.1', undefined, '203.0.113.1'],
  ['a client says so itself', '203.0.113.1', '198.51.100.1', '203.0.113.1'],
  ['a proxy says so', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['a proxy by its address says so', '192.0.2.7', '198.51.100.1', '198.51.100.1'],
  ['the neighbour of a proxy says so', '192.0.2.8', '198.51.100.1', '192.0.2.8'],
  ['a proxy of IPv6 says so', '2001:db8::1', '2001:db9::5', '2001:db9::5'],
  ['a proxy comes in by IPv4 at an IPv6 address', '::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['two proxies pass it on', '10.1.2.3', '198.51.100.1, 10.9.9.9', '198.51.100.1'],
  ['a client made up what is left of it', '10.1.2.3', '1.1.1.1, 10.4.4.4, 198.51.100.1', '198.51.100.1'],
  ['a proxy is the client', '10.1.2.3', '10.4.4.4', '10.4.4.4'],
  ['what a proxy says is no address', '10.1.2.3', '198.51.100.1, unknown', '10.1.2.3'],
  ['a proxy says nothing', '10.1.2.3', '', '10.1.2.3'],
  ['the peer is not known', 'unknown', '198.51.100.1', 'unknown'],
])('where %s, the client is found', (_, peer, forwardedFor, client) => {
  expect(read(peer, forwardedFor)).toBe(client);
});

test('without proxies nothing that is forwarded is believed', () => {
  expect(createClientAddressReader([])('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
});
