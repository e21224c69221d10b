import type { NotificationMessage } from '../../model/notification.ts';
import type { Source } from '../../model/run.ts';

/** What `catalog-sync notify test` sends. */
export function testMessage(source: Source, sentAt: Date): NotificationMessage {
  const item = {
    // No item has such an id: each test has its own.
    id: sentAt.getTime().toString(16).padStart(32, '0'),
    key: 'test',
    phase: 'happened',
    severity: 'note',
    summary: 'This is a test: notifications arrive.',
    remedy: '',
    path: '/',
    since: sentAt,
    issueId: null,
    cause: null,
    runId: null,
    code: null,
    change: null,
  } as const;
  return { source, items: [item], more: 0, sentAt };
}
