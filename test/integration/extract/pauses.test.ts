import { afterEach, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { context, detail, gatewayError, roots } from '../../support/gateway-inputs.ts';
import { startFixture, type Fixture } from '../../support/gateway-fixture.ts';
import { json } from '../../support/http-server.ts';

const fixtures: Fixture[] = [];
afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.close();
});

it.each(['gw.SignatureInvalid', 'gw.QosAppFrequencyLimit'])(
  'a call that waits for its slot while another hears %s is refunded, and was never sent',
  async (code) => {
    const answers: (() => void)[] = [];
    const fixture = await startFixture((response) => {
      answers.push(() => json(response, gatewayError(code, 'refused'), 403));
    });
    fixtures.push(fixture);
    const { gateway, ledger, server } = fixture;
    const refused = gateway.call(roots, context);
    await until(() => server.requests.length === 1);
    ledger.sendAfterMs = 1_000;
    const waits = gateway.call(detail, context);
    await until(() => ledger.calls.length === 2);
    answers[0]?.();
    await expect(refused).rejects.toThrow();
    expect(await waits).toMatchObject({ kind: 'waiting', by: 'second' });
    expect(ledger.calls[1]).toMatchObject({ isSent: false, settlement: { state: 'refunded' } });
    // The next is not even reserved.
    expect(await gateway.call(detail, context)).toMatchObject({ kind: 'waiting', by: 'second' });
    expect([ledger.calls.length, server.requests.length]).toEqual([2, 1]);
  },
);
