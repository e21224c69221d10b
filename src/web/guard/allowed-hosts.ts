const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a listen address is reachable from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A listen address that means all addresses. */
const isAnyHost = (host: string): boolean => host === '0.0.0.0' || host === '::';

function nameOf(host: string): string | null {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}

/**
 * Whether the Host header of a request is one of our names. A page of another site that has its own name
 * lead here (DNS rebinding) comes with that name.
 */
export function createHostCheck(
  listenHost: string,
  allowed: readonly string[],
): (host: string | undefined) => boolean {
  const own = isAnyHost(listenHost) ? [] : [listenHost.includes(':') ? `[${listenHost}]` : listenHost];
  const names = new Set([...loopbackNames, ...[...own, ...allowed].flatMap((name) => nameOf(name) ?? [])]);
  return (host) => {
    const name = host === undefined || /[@/\\?#]/.test(host) ? null : nameOf(host);
    return name !== null && names.has(name);
  };
}
