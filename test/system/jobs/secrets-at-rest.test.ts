import { expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import { withTestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { readEverything } from '../../support/read-everything.ts';
import { readStats } from '../../support/catalog-truth.ts';

const tokenKey = 'ab'.repeat(32);
const refreshToken = '00000000-0000-4000-8000-000000000002';

it('no secret, token or signature is in any row or stored answer, also after a refresh in mid-run', () =>
  withTestStack(
    {
      backend: 'postgres',
      sandbox: { latencyMs: 20, accessTokenLifeMs: 3_600_000 },
      env: { ALIBABA_REFRESH_TOKEN: refreshToken, TOKEN_KEY: tokenKey },
    },
    async (stack) => {
      const running = stack.run();
      await until(async () => (await readStats(stack)).calls.length > 40);
      stack.sandbox.advance(2 * 3_600_000);
      expect(await running).toMatchObject({ status: 'succeeded' });
      const { pool } = stack.database;
      const log = createLogger({ level: 'error', pretty: false, stream: process.stderr });
      const store = createTokenStore({ pool, log, key: new Secret(tokenKey) });
      const renewed = (await store.read(stack.sandbox.appKey))?.accessToken.reveal();
      expect(renewed).toMatch(/./);
      expect(renewed).not.toBe(stack.sandbox.accessToken);
      const secrets = [stack.sandbox.appSecret, stack.sandbox.accessToken, refreshToken, tokenKey, renewed];
      const forms = secrets.flatMap((secret = '') => [secret, Buffer.from(secret).toString('hex')]);
      const texts = await readEverything(stack);
      expect(texts.get('answers')?.length).toBeGreaterThan(10_000);
      for (const [name, text] of texts) {
        for (const form of forms) expect(text.includes(form), `${name} holds a secret`).toBe(false);
        expect(text, name).not.toMatch(/_aop_signature|access_token=|client_secret=/);
      }
    },
  ));
