import { defineErrors } from '../core/errors.ts';

/** Errors of runs, schedules and operator actions. */
export const runErrors = defineErrors({
  SCHEDULE_NAME_TAKEN: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Rename one of the two: the message has a free name. Or remove one: a schedule that `catalog-sync schedule add` made with `catalog-sync schedule remove`, one of catalog-sync.yaml in that file.',
  },
  SCHEDULE_UNKNOWN: {
    origin: 'operator',
    recovery: 'fail',
    remedy: '`catalog-sync schedule list` shows all schedules.',
  },
  SCHEDULE_FEED_UNKNOWN: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Give the named feed back to catalog-sync.yaml. Or change the schedule: one that `catalog-sync schedule add` made with `catalog-sync schedule remove` and `add`, one of catalog-sync.yaml by a restart of `serve` and `worker`, which read that file.',
  },
  SCHEDULE_IN_FILE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Remove it from catalog-sync.yaml and restart `serve` and `worker`. Until then, it can be paused.',
  },
  SCHEDULE_UNREADABLE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'This Node does not know the time zone, or the row in sync.schedule was changed by hand. Remove the schedule and add it again.',
  },
  HELD_BY_HAND: {
    origin: 'operator',
    recovery: 'stop-api',
    remedy:
      'A person stopped these calls with `catalog-sync quota hold` or on the Problems page. `catalog-sync quota` shows the command that resumes them; that page has a button.',
  },
  RUN_SCOPE_UNKNOWN: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'Choose `all` or a feed of catalog-sync.yaml. Reload the page if that file has changed.',
  },
  RUN_NOT_ACTIVE: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'Nothing to do: the run has ended, or no run has this number.',
  },
  SYNC_FILE_CHANGED: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Nothing is lost: the next run of its feeds continues where this one stopped. If you changed no file, the sync files of the hosts differ; `catalog-sync doctor` names the hosts.',
  },
});
