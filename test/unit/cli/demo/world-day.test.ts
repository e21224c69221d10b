import { describe, expect, it } from 'vitest';
import { chooseDay } from '../../../../src/cli/demo/world-day.ts';
import { talkNext } from '../../../../src/cli/demo/report-demo.ts';
import { dayMs } from '../../../../src/core/duration.ts';
import type { DemoProgress } from '../../../../src/runs/demo-progress.ts';
import type { Session } from '../../../../src/app/session.ts';
import type { Run } from '../../../../src/model/run.ts';

const began = new Date('2026-03-01T08:00:00Z');
const after = (days: number) => new Date(began.getTime() + days * dayMs);
/** A demo of `day` whose ledger time was `at` days at its last heartbeat. */
const played = (day: number, at: number, isComplete = true): DemoProgress => ({
  worldBeganAt: began,
  lastRun: { day, isComplete, at: after(at) },
});

describe('the day of the next demo', () => {
  it.each([
    ['is the first in a new database', { worldBeganAt: began, lastRun: null }, 0.1, 1],
    ['is the next one after a complete day', played(1, 0.001), 0.002, 2],
    ['is the same one after a demo that was killed', played(3, 2.001, false), 0.002, 3],
    ['does not count real days, which pass for the world anyway', played(2, 1.001), 30, 3],
    ['leaves no way back when the clock went back after a complete day', played(2, 1.5), -3, 7],
    ['leaves no way back when the clock went back after a killed demo', played(2, 1.5, false), -3, 6],
    ['does not begin before the world', { worldBeganAt: began, lastRun: null }, -0.5, 2],
  ] as const)('%s', (_, progress, nowDays, day) => {
    const now = after(nowDays);
    expect(chooseDay(progress, now)).toBe(day);
    const ledger = now.getTime() + (day - 1) * dayMs;
    expect(ledger).toBeGreaterThanOrEqual((progress.lastRun?.at ?? progress.worldBeganAt).getTime());
  });
});

describe('after a demo', () => {
  const next = (status: Run['status'], env: Record<string, string>) => {
    const said: string[] = [];
    const context = { cwd: '/srv', env, command: 'catalog-sync' };
    const session = { context, talk: (line: string) => void said.push(line) };
    talkNext(session as unknown as Session, "/srv/it's/demo", { status } as Run);
    return said.join('\n').split('\n');
  };
  const folder = `--project 'it'\\''s/demo'`;

  it('commands are said that can be typed as they are', () => {
    expect(next('succeeded', {})).toEqual([
      ...['', 'Explore:', `  catalog-sync status ${folder}`],
      `  catalog-sync sql ${folder} "select subject from catalog.offer limit 9"`,
      'Go on:    run the demo again: one simulated day will have passed',
      'Go live:  docs/go-live.md',
    ]);
  });

  it('a database of the user is left out of them, and what is missing is said', () => {
    const lines = next('partial_quota', { DATABASE_URL: 'postgres://x' });
    expect(lines[2]).toBe(`  env -u DATABASE_URL catalog-sync status ${folder}`);
    expect(lines[4]).toBe('Go on:    run the demo again: it fetches what is still missing');
  });
});
