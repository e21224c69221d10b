import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/model/run.ts';
import { createOperatorActions, type OperatorActionDeps } from '../../../src/runs/operator-actions.ts';
import type { BeginAnswer } from '../../../src/runs/run-store.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';

const sync = parseSyncFile(
  'account: personal\nfeeds: [{ name: bags, keywords: [b] }, { name: hats, keywords: [h] }]\n',
  'test',
);

/** Actions over a store with one run, and what they asked for, in words. */
function openActions(parts: {
  readonly answer?: BeginAnswer;
  readonly run?: Partial<Run>;
  end?: Promise<void>;
}) {
  const done: string[] = [];
  const deps: OperatorActionDeps = {
    begin: async ({ scope, feedNames, trigger, budgetCalls, deadlineMs }) => {
      done.push([scope, feedNames.join('+'), trigger, budgetCalls, deadlineMs].join(' '));
      return parts.answer ?? { kind: 'active', runId: '1', silentMs: null };
    },
    runs: {
      read: async (runId) =>
        runId === '7' ? ({ runId, endedAt: null, feedNames: [], ...parts.run } as Run) : null,
      end: async (runId, status, cause, left) => {
        await parts.end;
        done.push(`end ${runId} ${status} ${String(cause)}, ${String(left?.targets)} postponed`);
      },
    },
    countPostponed: (feeds) => Promise.resolve({ targets: 10 * feeds.length, nextTryAt: new Date(0) }),
    quota: { holdApi: async () => undefined, resumeApi: async () => true },
    retryGivenUp: async () => 0,
    ...{ sync, source: 'sandbox' },
  };
  return { done, actions: createOperatorActions(deps) };
}

describe('a run that an operator starts', () => {
  it.each([
    ['all', 'all bags+hats web  '],
    ['hats', 'feed:hats hats web  '],
  ])('of %s has its feeds and no bounds', async (scope, asked) => {
    const { actions, done } = openActions({});
    expect(actions.scopes).toContain(scope);
    await actions.startRun(scope);
    expect(done).toEqual([asked]);
  });

  it('is of a known feed', async () => {
    const { actions, done } = openActions({});
    expect(actions.scopes).toEqual(['all', 'bags', 'hats']);
    await expect(actions.startRun('caps')).rejects.toMatchObject({ code: 'RUN_SCOPE_UNKNOWN' });
    expect(done).toEqual([]);
  });

  it.each<[string, BeginAnswer, { runId: string; isNew: boolean }]>([
    ['is new', { kind: 'started', run: { runId: '8' } as Run }, { runId: '8', isNew: true }],
    ['was taken over', { kind: 'resumed', run: { runId: '8' } as Run }, { runId: '8', isNew: false }],
    ['is under way', { kind: 'active', runId: '9', silentMs: null }, { runId: '9', isNew: false }],
  ])('is known by its id where it %s', async (_, answer, begun) => {
    expect(await openActions({ answer }).actions.startRun('all')).toEqual(begun);
  });
});

describe('a run that an operator cancels', () => {
  it('ends for that, with what waits of its feeds, also of those that the sync file does not have', async () => {
    const { actions, done } = openActions({ run: { feedNames: ['hats', 'caps'] } });
    await actions.cancelRun('7');
    expect(done).toEqual(['end 7 cancelled operator, 20 postponed']);
  });

  it('fails to end where the database is away', async () => {
    const { actions } = openActions({ end: Promise.reject(new Error('away')) });
    await expect(actions.cancelRun('7')).rejects.toThrow('away');
  });

  it('is refused where the run has ended, or is none', async () => {
    const { actions, done } = openActions({ run: { endedAt: new Date(0) } });
    await expect(actions.cancelRun('7')).rejects.toMatchObject({ code: 'RUN_NOT_ACTIVE' });
    await expect(actions.cancelRun('6')).rejects.toMatchObject({ code: 'RUN_NOT_ACTIVE' });
    expect(done).toEqual([]);
  });
});
