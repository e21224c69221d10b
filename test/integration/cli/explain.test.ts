import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { insertOffers } from '../../support/analytics-world.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await insertOffers(database, [{ offerId: '601', subject: '杯子' }]);
});
afterAll(() => database.drop());

async function explain(...args: readonly string[]) {
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: database.url } });
  return { exitCode: await runCli(['explain', ...args], context), out: stdout.text, err: stderr.text };
}

it('an offer is explained to people in tables', async () => {
  const { exitCode, out, err } = await explain('601');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/^offer +601$/m);
  expect(out).toMatch(/^subject +杯子$/m);
});

it('an offer is explained to programs as one document', async () => {
  const { exitCode, out } = await explain('601', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    offer: { offerId: '601', subject: '杯子', state: 'listed' },
    ...{ observations: [], prices: [] },
  });
});

it('an offer that no answer has named is a failure', async () => {
  const { exitCode, out, err } = await explain('42', '--json');
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(err).toMatch(/^error OFFER_UNKNOWN: no answer has named offer 42/);
});
