import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';

describe('until', () => {
  it('names what was waited for and the last answer', async () => {
    await expect(until(() => false, { timeoutMs: 30, what: 'the moon' })).rejects.toThrow(
      /not true within 30 ms: the moon \(last: false\)/,
    );
  });
});
