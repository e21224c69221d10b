import { Pool } from 'undici';
import { isPrivateUrl } from '../../core/loopback.ts';
import { AppError } from '../../core/errors.ts';
import { extractErrors } from '../errors.ts';
import { exchange, type TransportResult } from './exchange.ts';

/** Bounds in milliseconds, one per phase. */
export interface TransportTimeouts {
  readonly connectMs: number;
  /** From the request's last byte to the answer's headers. */
  readonly headersMs: number;
  /** Between two chunks of the body. */
  readonly bodyMs: number;
  /** For the whole call, including the wait for a free connection. */
  readonly totalMs: number;
}

/**
 * A call takes about 750 ms as measured by clients, who wait 20 s for slow calls. Half would give up calls that are being served,
 * and pay for them twice; double would keep the job of a dead connection for 40 s.
 */
export const defaultTimeouts: TransportTimeouts = {
  connectMs: 5_000,
  headersMs: 20_000,
  bodyMs: 10_000,
  totalMs: 30_000,
};

/**
 * A search page is about 100 kB and a detail with a long description below 1 MB. Half could refuse a real answer; double only
 * costs memory, times the calls in flight.
 */
const defaultMaxResponseBytes = 8 * 1024 * 1024;

/** More than the calls in flight of one process; a pool opens only what it needs. */
const defaultConnections = 32;

export interface TransportOptions {
  /** `https://gw.open.1688.com/openapi`: https, or http on loopback. */
  readonly baseUrl: string;
  readonly timeouts?: Partial<TransportTimeouts>;
  readonly maxResponseBytes?: number;
  readonly connections?: number;
}

interface TransportRequest {
  /** Below the base url, without a leading slash or query. */
  readonly urlPath: string;
  readonly form: string;
  /** Sent as `x-request-id`: the call id, so that both sides' logs can be joined. */
  readonly requestId: string;
  readonly signal?: AbortSignal | undefined;
  /** Asked when the first byte is about to leave. False: nothing may leave any more. Default: it may. */
  readonly mayLeave?: () => boolean;
}

export interface Transport {
  /** Sends one POST, once, and reads its answer. Never throws; redirects are answers like any other. */
  send(request: TransportRequest): Promise<TransportResult>;
  /** Waits for what is under way, then closes the connections. Idempotent. */
  close(): Promise<void>;
}

/**
 * A pool of keep-alive connections to one gateway.
 *
 * @throws AppError GATEWAY_URL_REFUSED
 */
export function createTransport(options: TransportOptions): Transport {
  const base = checkedUrl(options.baseUrl);
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const pool = new Pool(base.origin, {
    connections: options.connections ?? defaultConnections,
    connect: { timeout: timeouts.connectMs },
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
  });
  const limits = {
    totalMs: timeouts.totalMs,
    maxBytes: options.maxResponseBytes ?? defaultMaxResponseBytes,
  };
  let closed: Promise<void> | null = null;
  const prefix = base.pathname.replace(/\/+$/, '');
  return {
    send: ({ urlPath, form, requestId, mayLeave = () => true, signal }) =>
      exchange(pool, { path: `${prefix}/${urlPath}`, form, requestId, mayLeave }, limits, signal),
    close: () => (closed ??= pool.close()),
  };
}

/** The configuration checks this too; a secret must not depend on who built the client. */
function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isAllowed = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isPrivateUrl(url)));
  if (isAllowed && !url.search && !url.username && !url.password) return url;
  throw new AppError(extractErrors.GATEWAY_URL_REFUSED, 'the address of the gateway must be https');
}
