import { systemClock } from '../../src/core/clock.ts';
import { createLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { createGateway } from '../../src/extract/gateway/create-gateway.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import type { Ledger } from '../../src/model/ledger.ts';

/** The sandbox's own. */
const credentials = {
  appSecret: 'sandbox-secret',
  accessToken: '00000000-0000-4000-8000-000000000001',
} as const;

/** The product's client of the gateway, with the sandbox's credentials. */
export function openGateway(options: {
  readonly baseUrl: string;
  readonly appKey: string;
  readonly ledger: Ledger;
}): Gateway {
  const token = new Secret(credentials.accessToken);
  return createGateway({
    ...options,
    appSecret: new Secret(credentials.appSecret),
    tokens: { current: async () => token, refresh: async () => token },
    clock: systemClock,
    log: createLogger({ level: 'error', pretty: false }),
  });
}
