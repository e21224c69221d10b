import { inspect } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { createLogger, type Logger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createGateway } from '../../../src/extract/gateway/create-gateway.ts';
import { createTokenProvider } from '../../../src/extract/oauth/token-provider.ts';
import type { SearchKeywordRequest } from '../../../src/model/operation.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { context, createHandClock, gatewayError, roots } from '../../support/gateway-inputs.ts';
import { json, startHttpServer, type HttpServer, type Respond } from '../../support/http-server.ts';

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const search: SearchKeywordRequest = {
  ...{ operation: 'search.keyword', keyword: 'keyword-of-a-feed', categoryId: null },
  ...{ priceMinCny: null, priceMaxCny: null, page: 1, pageSize: 50, language: 'en' },
};

const secrets = ['app-secret-text', 'access-first', 'refresh-first', 'access-second', 'keyword-of-a-feed'];

/** 1688 repeats what it was sent, in every field it has. */
const echo: Respond = (response, request) =>
  json(response, gatewayError(`gw.${request.body}`, `Required argument ${request.body} ${request.url}`), 400);

const rude: readonly (readonly [name: string, Respond])[] = [
  ['an echoing refusal', echo],
  ['an echoing page', (response, request) => response.writeHead(500).end(`<html>${request.body}`)],
  ['an echo that is no JSON', (response, request) => response.end(request.body)],
  ['an echo that is no HTTP', (response, request) => response.socket?.end(`${request.body}\r\n\r\n`)],
  [
    'a redirect to an echo',
    (response, request) => response.writeHead(302, { location: `/?${request.body}` }).end(),
  ],
  ['a reset', (response) => response.socket?.resetAndDestroy()],
  ['silence', () => undefined],
  ['a dead token', (response) => json(response, gatewayError('401'), 401)],
  ['a lost grant', (response) => json(response, gatewayError('gw.APIACLDecline'), 400)],
];

/** Everything an operator, a table or a queue could come to see of a call, as text. */
async function everythingWritten(respond: Respond): Promise<string> {
  const lines: string[] = [];
  const log: Logger = createLogger({
    level: 'trace',
    pretty: false,
    stream: { write: (line) => lines.push(line) },
  });
  const server = await startHttpServer((response, request) =>
    request.url.includes('getToken') && request.form['refresh_token'] === 'refresh-first' && respond !== echo
      ? json(response, { access_token: 'access-second', expires_in: '36000' })
      : respond(response, request),
  );
  servers.push(server);
  const ledger = createMemoryLedger();
  const common = {
    ...{ baseUrl: server.url, appKey: '1000000', appSecret: new Secret('app-secret-text') },
    ...{ ledger, clock: createHandClock(), log, timeouts: { headersMs: 150 } },
  };
  const fromEnvironment = {
    accessToken: new Secret('access-first'),
    refreshToken: new Secret('refresh-first'),
  };
  const tokens = createTokenProvider({ ...common, fromEnvironment, store: null });
  const gateway = createGateway({ ...common, tokens });
  const calls = [
    () => gateway.call(search, context),
    () => gateway.call(roots, context),
    () => tokens.refresh(new Secret('access-first')),
  ];
  for (const call of calls) {
    try {
      lines.push(inspect(await call(), { depth: 9 }));
    } catch (err) {
      log.error({ err }, 'call failed');
      lines.push(inspect(err, { depth: 9, showHidden: true }), JSON.stringify(err), String(err));
    }
  }
  for (const { reserve, settlement } of ledger.calls) {
    // The request itself is kept on purpose, to read stored answers again.
    lines.push(inspect({ ...reserve, request: null }), inspect(settlement, { depth: 9 }));
  }
  lines.push(inspect(tokens, { depth: 9 }), inspect(gateway, { depth: 9 }));
  await server.close();
  await gateway.close();
  return lines.join('\n');
}

it.each(rude)(
  '%s brings no secret, token, signature, parameter or query into logs, errors or rows',
  async (_name, respond) => {
    const written = await everythingWritten(respond);
    expect(written).toContain('call settled');
    expect(written).toContain('callId');
    for (const secret of secrets) expect(written).not.toContain(secret);
    expect(written).not.toMatch(/_aop_|access_token=|client_secret|offerQueryParam|[0-9A-F]{40}/);
  },
);
