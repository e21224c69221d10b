import type { Fault } from './faults.ts';
import { answerAuthorize } from './authorize.ts';
import { createControl } from './control/create-control.ts';
import { createGateway } from './gateway.ts';
import { settle, type SandboxOptions } from './options.ts';
import type { QuotaLimits } from './quota.ts';
import { listen } from './server.ts';
import { createState } from './state.ts';
import type { Revocation } from './tokens.ts';

export type { SandboxOptions } from './options.ts';

/** A running sandbox. */
export interface Sandbox {
  /** Base url of the gateway, in place of `https://gw.open.1688.com/openapi`. */
  readonly url: string;
  /** Base url of the control endpoints, which docs/sandbox.md lists. */
  readonly controlUrl: string;
  readonly appKey: string;
  readonly appSecret: string;
  /** Good from the start. */
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Sandbox time. */
  now(): Date;
  /** @throws RangeError when `ms` is negative: time only moves forward */
  advance(ms: number): void;
  /** Replaces all faults; `[]` takes them away. */
  setFaults(faults: readonly Fault[]): void;
  /** Changes the limits that are given. */
  setQuotas(limits: Partial<QuotaLimits>): void;
  /** Grants or declines APIs by `namespace:name:version`. */
  setGrants(grants: Readonly<Record<string, boolean>>): void;
  /** Replaces the App Secret, as a reset in the console does. */
  resetSecret(secret: string): void;
  /** Ends the access tokens that were handed out so far, at once or after some calls. */
  revokeTokens(revocation?: Partial<Revocation>): void;
  /** A code as the authorization page would hand out. */
  issueCode(): string;
  /** Ends every connection and frees the port. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in for 1688's gateway on this machine, with a catalog of its own that changes over time.
 *
 * @throws RangeError when an option is out of bounds
 * @throws Error when the address can't be listened on
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = settle(options);
  const state = createState(settings);
  const { host, port, appKey, appSecret, accessToken, refreshToken } = settings;
  const gateway = createGateway(state);
  const server = await listen({
    host,
    port,
    latencyMs: () => state.latencyMs,
    gateway,
    authorize: (params, response) => answerAuthorize(state, params, response),
    control: createControl(state),
  });
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
  let closing: Promise<void> | undefined;
  return {
    url: `${origin}/openapi`,
    controlUrl: `${origin}/_sandbox`,
    appKey,
    appSecret,
    accessToken,
    refreshToken,
    now: () => state.clock.now(),
    advance: (ms) => state.clock.advance(ms),
    setFaults: (faults) => state.faults.set(faults),
    setQuotas: (limits) => state.quota.change(limits),
    setGrants: (grants) => state.setGrants(grants),
    resetSecret: (secret) => state.resetSecret(secret),
    revokeTokens: (revocation = {}) =>
      state.tokens.revoke({ afterCalls: 0, withRefresh: false, ...revocation }),
    issueCode: () => state.tokens.grantCode(),
    close: () => (closing ??= server.close()),
  };
}
