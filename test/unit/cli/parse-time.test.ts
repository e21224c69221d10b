import { describe, expect, it, vi } from 'vitest';
import { parseTime } from '../../../src/cli/parse-time.ts';

describe('a time of a flag', () => {
  it.each([
    ['2026-11-01', '2026-10-31T16:00:00.000Z'],
    [' 2026-11-01 ', '2026-10-31T16:00:00.000Z'],
    ['2026-11-01 08:00:30Z', '2026-11-01T08:00:30.000Z'],
    ['2026-11-01T08:00:30.5Z', '2026-11-01T08:00:30.500Z'],
    ['2026-11-01T08:00+08:00', '2026-11-01T00:00:00.000Z'],
  ])('%s is %s', (text, at) => {
    expect(parseTime(text).toISOString()).toBe(at);
  });

  it('begins a day in Shanghai, wherever the machine is', () => {
    vi.stubEnv('TZ', 'America/New_York');
    try {
      expect(new Date('2026-11-01T08:00').toISOString()).toBe('2026-11-01T13:00:00.000Z');
      expect(parseTime('2026-11-01').toISOString()).toBe('2026-10-31T16:00:00.000Z');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each([
    ...['', 'yesterday', '2026-02-30', '2026-13-01', '2026-02-30T08:00Z', '2026-11-01T25:00Z', '7d'],
    ...['2026-11-01T08', '2026-11-01T08:00', '2026-11-01T08:00:00', '1'],
  ])('"%s" is refused', (text) => {
    expect(() => parseTime(text)).toThrow('Give an instant with its zone');
  });
});
