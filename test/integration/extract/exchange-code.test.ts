import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { exchangeCode } from '../../../src/extract/oauth/request-tokens.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { createHandClock, silent } from '../../support/gateway-inputs.ts';
import { json, startHttpServer, type HttpServer, type Respond } from '../../support/http-server.ts';

const redirectUri = 'http://localhost:3000/api/callback';

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function exchangeAt(respond: Respond) {
  const server = await startHttpServer(respond);
  servers.push(server);
  const ledger = createMemoryLedger();
  const lines: string[] = [];
  const log = createLogger({ level: 'info', pretty: false, stream: { write: (line) => lines.push(line) } });
  const parts = { appKey: '1000000', appSecret: new Secret('the-secret'), baseUrl: server.url, log };
  const tokens = exchangeCode(
    { ...parts, ledger, clock: createHandClock() },
    new Secret('the-code'),
    redirectUri,
  );
  return { server, ledger, lines, tokens };
}

describe('an exchange', () => {
  it('is an unsigned POST with the code and the secret in its body, an exempt row and no stored answer', async () => {
    const { server, ledger, lines, tokens } = await exchangeAt((response) => {
      json(response, {
        ...{ access_token: 'access-1', expires_in: '36000', refresh_token: 'refresh-1' },
        refresh_token_timeout: '20270401120000000+0800',
      });
    });
    const { accessToken, accessExpiresAt, refreshToken, refreshExpiresAt } = await tokens;
    expect([accessToken.reveal(), refreshToken?.reveal()]).toEqual(['access-1', 'refresh-1']);
    expect(accessExpiresAt).toEqual(new Date('2026-10-10T18:00:00Z'));
    expect(refreshExpiresAt).toEqual(new Date('2027-04-01T04:00:00Z'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { msg: 'app authorized', refreshExpiresAt: '2027-04-01T04:00:00.000Z' },
    ]);
    const [request] = server.requests;
    expect(request?.url).toBe('/openapi/http/1/system.oauth2/getToken/1000000');
    expect(request?.form).toEqual({
      grant_type: 'authorization_code',
      need_refresh_token: 'true',
      client_id: '1000000',
      client_secret: 'the-secret',
      redirect_uri: redirectUri,
      code: 'the-code',
    });
    expect(ledger.calls[0]).toMatchObject({
      reserve: { api: 'system.oauth2:getToken:1', isExempt: true, request: { operation: 'oauth.token' } },
      settlement: { state: 'committed', outcome: 'ok', body: null },
    });
  });

  it('may bring an access token alone, of unknown life', async () => {
    const { tokens } = await exchangeAt((response) => json(response, { access_token: 'access-1' }));
    expect(await tokens).toMatchObject({ accessExpiresAt: null, refreshToken: null, refreshExpiresAt: null });
  });

  it('that is refused asks a person, and shows neither code nor secret', async () => {
    const { tokens } = await exchangeAt((response) => json(response, { error: 'invalid_grant' }, 400));
    const error = await tokens.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'AUTH_CODE_REFUSED', recovery: 'halt' });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toMatch(/the-code|the-secret/);
  });

  it('with the sandbox buys tokens once', async () => {
    const sandbox = await startTestSandbox();
    const code = new Secret(sandbox.issueCode());
    const parts = { appKey: sandbox.appKey, appSecret: new Secret(sandbox.appSecret), baseUrl: sandbox.url };
    const exchange = () =>
      exchangeCode(
        { ...parts, ledger: createMemoryLedger(), clock: sandbox, log: silent },
        code,
        redirectUri,
      );
    expect((await exchange()).refreshToken).not.toBeNull();
    await expect(exchange()).rejects.toMatchObject({ code: 'AUTH_CODE_REFUSED' });
    await sandbox.close();
  });
});
