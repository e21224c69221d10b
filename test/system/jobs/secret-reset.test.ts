import { expect, it } from 'vitest';
import { withTestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

/** Calls that left after the process had heard the first refusal. */
const sentAfterRefusal = `
  SELECT call_id FROM usage.api_call
  WHERE state <> 'refunded'
    AND sent_at > (SELECT min(settled_at) FROM usage.api_call WHERE gateway_code = 'gw.SignatureInvalid')`;

it('a secret that is reset in mid-run halts it at once, and after the restart nothing is fetched again', () =>
  withTestStack({ backend: 'postgres', sandbox: { latencyMs: 20 } }, async (stack) => {
    const running = stack.run();
    await until(async () => ((await readStats(stack)).byOutcome['ok'] ?? 0) >= 20);
    stack.sandbox.resetSecret('the-secret-of-after-the-reset');
    expect(await running).toMatchObject({ status: 'failed', cause: 'GATEWAY_SIGNATURE_REFUSED' });

    const atHalt = await readStats(stack);
    expect(atHalt.byOutcome['gw.SignatureInvalid']).toBeGreaterThan(0);
    expect(await stack.query(sentAfterRefusal)).toEqual([]);
    expect(stack.logs.map(({ code }) => code)).toContain('GATEWAY_SIGNATURE_REFUSED');
    // A later start with the old secret stops as soon.
    expect(await stack.run()).toMatchObject({ status: 'failed', cause: 'GATEWAY_SIGNATURE_REFUSED' });
    const before = await readStats(stack);

    const env = { ALIBABA_APP_SECRET: 'the-secret-of-after-the-reset' };
    const restarted = await stack.openProcess({ env });
    const run = await restarted.run();
    expect(run).toMatchObject({ status: 'succeeded', cause: null });
    await expectTruth(stack);
    await expectOneRowPerArrival(stack);
    expect(await countPaidTwice(stack)).toBe(0);
    const after = await readStats(stack);
    expect(after.byOutcome['gw.SignatureInvalid']).toBe(before.byOutcome['gw.SignatureInvalid']);
    expect(after.byOutcome['ok']).toBe(after.min_calls.total);
    expect(JSON.stringify(stack.logs) + JSON.stringify(restarted.logs)).not.toContain('the-secret-of');
  }));
