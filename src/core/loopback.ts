/** Hosts that never leave this machine; only they may be spoken to without TLS. */
export function isLoopbackUrl(url: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

/** Loopback, or a name without a dot: one of a container network or of this machine's hosts file, which no public host has. */
export function isPrivateUrl(url: URL): boolean {
  return isLoopbackUrl(url) || /^[a-z\d-]+$/.test(url.hostname);
}
