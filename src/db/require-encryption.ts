import pg from 'pg';
import { AppError } from '../core/errors.ts';
import { isLoopbackUrl } from '../core/loopback.ts';
import type { Secret } from '../core/secret.ts';
import { databaseErrors } from './errors.ts';

/** The settings that decide. */
export interface ConnectionSettings {
  readonly DATABASE_URL?: Secret | undefined;
  readonly DATABASE_READ_URL?: Secret | undefined;
  readonly REDIS_URL?: Secret | undefined;
  readonly ALLOW_UNENCRYPTED: boolean;
}

/** Sockets of this machine, and hosts that are this machine. */
function isLocalHost(host: string): boolean {
  if (host.startsWith('/')) return true;
  const url = `http://${host.includes(':') ? `[${host}]` : host}`;
  return URL.canParse(url) && isLoopbackUrl(new URL(url));
}

/** As the driver itself reads the url, `PGHOST` and `PGSSLMODE`. */
function isOpenPostgres(url: Secret): boolean {
  const { host, ssl } = new pg.Client({ connectionString: url.reveal() });
  return !ssl && !isLocalHost(host);
}

function isOpenRedis(url: Secret): boolean {
  const { protocol, hostname } = new URL(url.reveal());
  return protocol === 'redis:' && hostname !== '' && !isLocalHost(hostname.replace(/^\[(.*)\]$/, '$1'));
}

/** The settings by which passwords and data would cross a network that others can read. */
export function listUnencrypted({
  DATABASE_URL,
  DATABASE_READ_URL,
  REDIS_URL,
}: ConnectionSettings): string[] {
  return [
    ...(DATABASE_URL && isOpenPostgres(DATABASE_URL) ? ['DATABASE_URL'] : []),
    ...(DATABASE_READ_URL && isOpenPostgres(DATABASE_READ_URL) ? ['DATABASE_READ_URL'] : []),
    ...(REDIS_URL && isOpenRedis(REDIS_URL) ? ['REDIS_URL'] : []),
  ];
}

/** @throws AppError CONNECTION_NOT_ENCRYPTED, before a password is sent */
export function requireEncryption(settings: ConnectionSettings): void {
  const open = listUnencrypted(settings);
  if (open.length === 0 || settings.ALLOW_UNENCRYPTED) return;
  const message = `${open.join(' and ')} would connect to another machine without TLS; nothing was sent`;
  throw new AppError(databaseErrors.CONNECTION_NOT_ENCRYPTED, message);
}
