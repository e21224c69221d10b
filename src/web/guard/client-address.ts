import { BlockList, isIP } from 'node:net';

/** Which client a connection speaks for. */
export type ReadClientAddress = (peer: string, forwardedFor: string | undefined) => string;

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A server that listens on `::` sees IPv4 peers in this form. */
const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/**
 * Finds the address of a client behind proxies. `X-Forwarded-For` is believed only as far as trusted proxies wrote it: each
 * adds the address that it saw at the right, so the first one from the right that is not a trusted proxy is the client.
 * Whatever is left of that, the client may have made up.
 *
 * @param trustedProxies addresses and ranges, such as `10.0.0.0/8`, already checked
 */
export function createClientAddressReader(trustedProxies: readonly string[]): ReadClientAddress {
  const trusted = new BlockList();
  for (const range of trustedProxies) {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(bits), familyOf(address));
  }
  return (peer, forwardedFor = '') => {
    let client = withoutMapping(peer);
    const hops = forwardedFor.split(',').map((hop) => withoutMapping(hop.trim()));
    for (const hop of hops.toReversed()) {
      const isProxy = isIP(client) !== 0 && trusted.check(client, familyOf(client));
      if (!isProxy || isIP(hop) === 0) break;
      client = hop;
    }
    return client;
  };
}
