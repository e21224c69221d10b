import { expect, it } from 'vitest';
import { exitCodeOfRun } from '../../../src/cli/show-run.ts';
import type { Run } from '../../../src/model/run.ts';

const loaded = {
  ...{
    categories: 1,
    offersNew: 0,
    offersCompleted: 0,
    offersChanged: 0,
    offersUnchanged: 0,
    pricesOpened: 0,
    pricesClosed: 0,
  },
  ...{ rejects: 0, errors: 0 },
};
const none = { ...loaded, categories: 0 };
const run: Run = {
  ...{ runId: '1', scope: 'all', feedNames: [], budgetCalls: null, callsUsed: 3, forecast: null },
  ...{
    startedAt: null,
    deadlineAt: null,
    endedAt: null,
    postponed: 1,
    nextTryAt: new Date(0),
    syncFileHash: null,
  },
  status: 'partial_error',
  cause: 'targets_postponed',
  counts: loaded,
};

it.each<[what: string, run: Run, exitCode: number, strict: number]>([
  ['left only what is tried again', run, 0, 7],
  ['did, and loaded nothing', { ...run, counts: none }, 1, 1],
  ['did, and loaded only new offers', { ...run, counts: { ...none, offersNew: 1 } }, 0, 7],
  ['did, and loaded only changes', { ...run, counts: { ...none, offersChanged: 1 } }, 0, 7],
  ['did, and loaded only what had not changed', { ...run, counts: { ...none, offersUnchanged: 1 } }, 0, 7],
  ['did, and loaded only first details', { ...run, counts: { ...none, offersCompleted: 1 } }, 0, 7],
  ['loaded everything', { ...run, status: 'succeeded', cause: null }, 0, 0],
  ['quarantined a row', { ...run, status: 'succeeded', counts: { ...loaded, rejects: 1 } }, 0, 3],
  ['was cancelled', { ...run, status: 'cancelled' }, 1, 1],
  ['is not over', { ...run, status: 'running' }, 1, 1],
  ['failed for no known cause', { ...run, status: 'failed', cause: null }, 1, 1],
  ['met an error of a later version', { ...run, cause: 'GATEWAY_OF_TOMORROW' }, 1, 1],
  ['left something for no known cause', { ...run, cause: null }, 1, 1],
  ['met an outage of 1688', { ...run, cause: 'GATEWAY_UNAVAILABLE' }, 0, 7],
  ['met an outage of Postgres', { ...run, cause: 'DATABASE_FULL' }, 1, 1],
  ['lacks a grant', { ...run, cause: 'gw.APIACLDecline' }, 1, 1],
  ['was refused a target, too', { ...run, counts: { ...loaded, errors: 1 } }, 1, 1],
  ['used its quota up', { ...run, status: 'partial_quota', cause: 'quota' }, 0, 5],
  ['has a wrong secret', { ...run, status: 'failed', cause: 'GATEWAY_SIGNATURE_REFUSED' }, 4, 4],
  ['has a wrong clock', { ...run, status: 'failed', cause: 'GATEWAY_TIMESTAMP_REFUSED' }, 4, 4],
  ['got no token', { ...run, status: 'failed', cause: 'AUTH_REFRESH_UNAVAILABLE' }, 1, 1],
])('a run that %s', (_, ended, exitCode, strict) => {
  expect([exitCodeOfRun(ended, false), exitCodeOfRun(ended, true)]).toEqual([exitCode, strict]);
});
