import { expect, test } from 'vitest';
import { isAllowedBoardChange } from '../../../../src/web/guard/is-allowed-board-change.ts';

test.each([
  'detail/12-d7/retry',
  'detail/12-d7/clean',
  'detail/retry/failed',
  'detail/pause',
  'detail/resume',
  'pause',
  'resume',
])('%s may be done', (path) => {
  expect(isAllowedBoardChange('PUT', `/api/queues/${path}`)).toBe(true);
  for (const method of ['POST', 'PATCH', 'DELETE'])
    expect(isAllowedBoardChange(method, `/api/queues/${path}`)).toBe(false);
});

test.each([
  ['POST', 'detail/add'],
  ['PUT', 'detail/empty'],
  ['PUT', 'detail/obliterate'],
  ['PUT', 'detail/promote'],
  ['PUT', 'detail/clean/completed'],
  // The board would take `clean` for the action and `retry` for a status that it does not know.
  ['PUT', 'detail/clean/retry'],
  ['PUT', 'detail/concurrency'],
  ['PUT', 'detail/rate-limit'],
  ['PUT', 'detail/rate-limit/release'],
  ['PUT', 'detail/job-schedulers/7/remove'],
  ['PUT', 'detail/job-schedulers/7/run'],
  ['PATCH', 'detail/job-schedulers/7'],
  ['PUT', 'detail/12-d7/promote'],
  ['PATCH', 'detail/12-d7/update-data'],
  ['PATCH', 'detail/12-d7/delay'],
  ['PATCH', 'detail/12-d7/priority'],
  ['PUT', 'detail/12-d7/remove-unprocessed-children'],
  ['PUT', 'detail/12-d7/retry/'],
  ['PUT', 'detail/1/../empty/retry'],
  ['PUT', 'detail/12%2Fempty/retry'],
])('%s %s may not', (method, path) => {
  expect(isAllowedBoardChange(method, `/api/queues/${path}`)).toBe(false);
});
