import { Secret } from '../../src/core/secret.ts';
import { createGateway, type GatewayOptions } from '../../src/extract/gateway/create-gateway.ts';
import type { AccessTokens } from '../../src/extract/oauth/token-provider.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import { createMemoryLedger, type MemoryLedger } from './memory-ledger.ts';
import { createHandClock, silent } from './gateway-inputs.ts';
import { startHttpServer, type HttpServer, type Respond } from './http-server.ts';

/** Tokens by count: `token-1`, then after each refresh the next. */
function createCountedTokens(): AccessTokens & { refreshed: string[] } {
  let count = 1;
  const refreshed: string[] = [];
  return {
    refreshed,
    current: async () => new Secret(`token-${count}`),
    async refresh(stale) {
      refreshed.push(stale.reveal());
      count++;
      return new Secret(`token-${count}`);
    },
  };
}

export interface Fixture {
  readonly server: HttpServer;
  readonly ledger: MemoryLedger;
  readonly gateway: Gateway;
  readonly clock: ReturnType<typeof createHandClock>;
  readonly tokens: ReturnType<typeof createCountedTokens>;
  close(): Promise<void>;
}

/** A gateway client with a local server as 1688 and the ledger in memory. */
export async function startFixture(
  respond: Respond,
  options: Partial<GatewayOptions> = {},
): Promise<Fixture> {
  const server = await startHttpServer(respond);
  const ledger = createMemoryLedger();
  const clock = createHandClock();
  const tokens = createCountedTokens();
  const gateway = createGateway({
    ...{ baseUrl: server.url, appKey: '1000000', appSecret: new Secret('test-secret-0001') },
    ...{ ledger, tokens, clock, log: silent },
    ...options,
  });
  const close = async () => {
    await server.close();
    await gateway.close();
  };
  return { server, ledger, gateway, clock, tokens, close };
}
