import { describe, expect, it } from 'vitest';
import { describeBreach } from '../../../bench/chaos/report-chaos.ts';
import { runChaos } from '../../../bench/chaos/run-chaos.ts';
import { CloseStack } from '../../../src/core/lifecycle.ts';
import { createLogger } from '../../../src/core/log.ts';
import { listBackends } from '../../support/stack.ts';

const log = createLogger({ level: 'silent', pretty: false });

/**
 * The short form of `npm run chaos`: what goes wrong, and when, is the same in every run of the tests. Where there is a
 * Redis more can go wrong.
 */
const backend = listBackends().at(-1) ?? 'postgres';

describe(`a sync on ${backend} that is killed, stalled and cut off all the time`, () => {
  it('exceeds no quota, pays nothing twice, and ends with a true catalog', { timeout: 600_000 }, async () => {
    const closing = new CloseStack();
    try {
      const { breaches, matching, disturbances } = await runChaos(
        {
          ...{ seconds: 50, seed: 7, workers: 3, backend, offers: 500, plant: null },
          ...{ log, onProgress: () => undefined },
        },
        closing,
      );
      expect(breaches.map(describeBreach).join('\n')).toBe('');
      expect(matching.arrivals).toBeGreaterThan(300);
      expect(disturbances.incidents.length).toBeGreaterThan(5);
    } finally {
      await closing.close(log);
    }
  });
});
