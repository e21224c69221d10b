import { describe, expect, it } from 'vitest';
import { askForCalls, type WantedCalls } from '../../../src/app/doctor/ask-for-calls.ts';
import { loadConfig } from '../../../src/config/environment.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const credentials = { ALIBABA_APP_KEY: '4711471', ALIBABA_APP_SECRET: 'aB3dE5gH7jK9' };
const signedCall: WantedCalls = { probes: [], isContract: false };
const withProbes: WantedCalls = {
  probes: ['category.children', 'search.keyword', 'offer.detail'],
  isContract: false,
};
const contract: WantedCalls = { probes: [], isContract: true };

async function ask(
  mayCall: 'yes' | 'no' | 'ask',
  wanted: WantedCalls,
  { typed, env = credentials }: { typed?: string; env?: Readonly<Record<string, string>> } = {},
) {
  const { context, stderr } = createWorld(typed === undefined ? {} : { typed });
  const config = loadConfig({ projectDir: createProject(), env });
  return { refusal: await askForCalls({ context }, config, mayCall, wanted), asked: stderr.text };
}

describe('calls of doctor', () => {
  it('are made without a question when they were allowed', async () => {
    expect(await ask('yes', signedCall)).toEqual({ refusal: null, asked: '' });
  });

  it.each([
    ['signed call', signedCall],
    ['contract', contract],
  ])('are not made offline: %s', async (name, wanted) => {
    const { refusal } = await ask('no', wanted, { typed: 'y\n' });
    expect(refusal).toMatchObject({ name, status: 'skip', message: 'not made: --offline' });
  });

  it.each([{}, { ALIBABA_APP_KEY: '4711471' }])('are not made with %j alone', async (env) => {
    const { refusal, asked } = await ask('yes', signedCall, { typed: 'y\n', env });
    expect(refusal).toMatchObject({ status: 'skip', message: 'not made: it needs App Key and App Secret' });
    expect(asked).toBe('');
  });

  it.each([
    [signedCall, /^Make two calls to the gateway: the root categories, and its clock\?/],
    [
      withProbes,
      /^Make up to 4 calls to the gateway: category\.children, its clock, then one of each of search\.keyword, offer\.detail\?/,
    ],
    [contract, /^Make up to \d+ calls to the gateway, three of them wrong on purpose/],
  ])('are made when a person agrees to %j', async (wanted, question) => {
    const { refusal, asked } = await ask('ask', wanted, { typed: 'y\n' });
    expect(refusal).toBeNull();
    expect(asked).toMatch(question);
  });

  it('are not made when the answer is no', async () => {
    const { refusal } = await ask('ask', signedCall, { typed: 'n\n' });
    expect(refusal).toMatchObject({ status: 'skip', message: 'not made: you answered no', advice: null });
  });

  it.each([
    [signedCall, /^Add --yes to make it: two calls\.$/],
    [withProbes, /^Add --yes to make it, and up to 3 calls that show which APIs are granted\.$/],
    [contract, /^Add --yes to make up to \d+ calls\.$/],
  ])('are not made where nobody can be asked about %j', async (wanted, advice) => {
    const { refusal } = await ask('ask', wanted);
    expect(refusal?.message).toBe('not made: there is no terminal to ask for confirmation');
    expect(refusal?.advice).toMatch(advice);
  });
});
