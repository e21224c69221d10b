import { defineErrors } from '../core/errors.ts';

/** What can be wrong with runs, schedules and what people do to them. */
export const runErrors = defineErrors({
  SCHEDULE_NAME_TAKEN: {
    recovery: 'halt',
    remedy:
      'Give one of the two another name. One that was added goes by `catalog-sync schedule remove`; one of catalog-sync.yaml by taking it out there.',
  },
  SCHEDULE_UNKNOWN: {
    recovery: 'fail',
    remedy:
      '`catalog-sync schedule list` shows all of them. One that was just written into catalog-sync.yaml is known from the next start of `serve` or `worker`.',
  },
  SCHEDULE_IN_FILE: {
    recovery: 'fail',
    remedy:
      'Take it out of catalog-sync.yaml and start `serve` and `worker` again; until then `catalog-sync schedule pause` stops it.',
  },
  SCHEDULE_UNREADABLE: {
    recovery: 'fail',
    remedy:
      'This Node does not know the time zone, or the row in sync.schedule was changed by hand: remove the schedule and add it anew.',
  },
  HELD_BY_HAND: {
    recovery: 'stop-api',
    remedy:
      'Somebody stopped these calls, by `catalog-sync quota hold` or on the page of problems: `catalog-sync quota resume` or that page lets them go on.',
  },
  RUN_SCOPE_UNKNOWN: {
    recovery: 'fail',
    remedy: 'Choose `all` or a feed of catalog-sync.yaml; load the page anew if that file has changed.',
  },
  RUN_NOT_ACTIVE: {
    recovery: 'fail',
    remedy: 'Nothing to do: the run has ended, or there is none of this number.',
  },
  SYNC_FILE_CHANGED: {
    recovery: 'fail',
    remedy:
      'Nothing is lost: the next run of its feeds goes on where this one stopped. If no file was changed, those of the hosts differ; `catalog-sync doctor` names the hosts.',
  },
});
