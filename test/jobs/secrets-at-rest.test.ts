import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { createTokenStore } from '../../src/load/stores/token-store.ts';
import { withTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { readStats } from './catalog-truth.ts';

const tokenKey = 'ab'.repeat(32);
const refreshToken = '00000000-0000-4000-8000-000000000002';

/** Every row of every table as text, and every stored answer unpacked. */
async function readEverything(stack: TestStack): Promise<Map<string, string>> {
  const tables = await stack.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const [row] = await stack.query<{ text: string }>(
      `SELECT coalesce(string_agg(t::text, E'\\n'), '') AS text FROM ${name} t`,
    );
    texts.set(name, row?.text ?? '');
  }
  const answers = await stack.query<{ body: Buffer }>('SELECT body FROM raw.payload');
  texts.set('answers', answers.map(({ body }) => gunzipSync(body).toString()).join('\n'));
  return texts;
}

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
