/** Hosts that never leave this machine; only they may be spoken to without TLS. */
export function isLoopbackUrl(url: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}
