import { join } from 'node:path';
import { expect, it } from 'vitest';
import { credentialsOf, sourceOf } from '../../../src/app/credentials.ts';
import { redirectUriOf } from '../../../src/app/web/redirect-uri.ts';
import { loadConfig, type Environment } from '../../../src/config/environment.ts';
import { createProject } from '../../support/in-process.ts';

const configOf = (env: Environment) => loadConfig({ projectDir: createProject(), env });

it.each([
  ['https://gw.open.1688.com/openapi', 'live'],
  ['http://127.0.0.1:8688/openapi', 'sandbox'],
])('answers of %s are of the source %s', (url, source) => {
  expect(sourceOf(configOf({ ALIBABA_API_URL: url }))).toBe(source);
});

it('1688 is called with the key and the secret of the app', () => {
  const { appKey, appSecret } = credentialsOf(
    configOf({ ALIBABA_APP_KEY: '4711471', ALIBABA_APP_SECRET: 'aB3dE5gH7j' }),
  );
  expect([appKey, appSecret.reveal()]).toEqual(['4711471', 'aB3dE5gH7j']);
});

it.each([
  [undefined, undefined],
  ['4711471', undefined],
  [undefined, 'aB3dE5gH7j'],
  ['12345678', 'aB3dE5gH7j'],
  ['4711471', 'your-app-secret'],
])('1688 is not called with the key %s and the secret %s', (key, secret) => {
  const config = configOf({ ALIBABA_APP_KEY: key, ALIBABA_APP_SECRET: secret });
  expect(() => credentialsOf(config)).toThrow(expect.objectContaining({ code: 'CREDENTIALS_MISSING' }));
});

it.each([
  ['.catalog-sync/demo', {}, 'PROJECT_IS_DEMO'],
  ['.catalog-sync/demo', { ALIBABA_APP_KEY: '4711471' }, 'CREDENTIALS_MISSING'],
  ['demo', {}, 'CREDENTIALS_MISSING'],
])('in the folder %s with %j, the refusal is %s', (folder, env, code) => {
  const config = loadConfig({ projectDir: join(createProject(), folder), env });
  expect(() => credentialsOf(config)).toThrow(expect.objectContaining({ code }));
});

it.each([
  [{}, 'http://localhost:3000/api/callback'],
  [{ NEXT_PUBLIC_SITE_URL: 'https://shop.example/ops//' }, 'https://shop.example/ops/api/callback'],
  [{ ALIBABA_REDIRECT_URI: 'https://shop.example/cb/' }, 'https://shop.example/cb/'],
])('with %j, browsers come back to %s', (env, uri) => {
  expect(redirectUriOf(configOf(env))).toBe(uri);
});
