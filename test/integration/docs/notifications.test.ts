import { expect, test } from 'vitest';
import { findRemedy } from '../../../src/app/find-remedy.ts';
import type { TroubledRun } from '../../../src/health/issues/health-store.ts';
import { findRunIssues } from '../../../src/health/issues/run-issues.ts';
import { healthIssueIds } from '../../../src/model/health-issue.ts';
import { notifyFormats } from '../../../src/config/environment.ts';
import type { NotificationMessage } from '../../../src/model/notification.ts';
import { formatDingTalk } from '../../../src/health/webhook/format-dingtalk.ts';
import { formatGeneric } from '../../../src/health/webhook/format-generic.ts';
import { formatSlack } from '../../../src/health/webhook/format-slack.ts';
import { healthFacts } from '../../support/health-facts.ts';
import { receiverShapes } from '../../support/receiver.ts';
import { readText, tableRows, codeWords } from '../../support/doc-files.ts';

const text = readText('docs/notifications.md');

const message: NotificationMessage = {
  source: 'live',
  items: [
    {
      id: '5d0c6c1e2f7a4b3c9d8e7f6a5b4c3d2e',
      key: 'run:all:GATEWAY_BUSINESS_REFUSED',
      phase: 'begun',
      severity: 'act',
      summary: 'Run 12 (all) is incomplete because of `GATEWAY_BUSINESS_REFUSED`: 2 targets failed.',
      remedy:
        'The gateway accepted the call, but the API refused it; `gatewayCode` says why. This offer or page is skipped, others continue.',
      path: '/runs/12',
      since: new Date('2026-11-25T18:31:07Z'),
      issueId: 'run',
      runId: '12',
      code: 'GATEWAY_BUSINESS_REFUSED',
      change: null,
      cause: { origin: '1688', since: new Date('2026-11-25T18:31:07Z'), healsItself: false, healsAt: null },
    },
    {
      id: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
      key: 'log-in',
      phase: 'over',
      severity: 'act',
      summary: 'The stored tokens expire at 2026-11-30 09:12:44.',
      remedy: 'Log in again: `catalog-sync auth`.',
      path: '/api-status',
      since: new Date('2026-11-24T01:12:50Z'),
      issueId: 'log-in',
      runId: null,
      code: null,
      change: null,
      cause: {
        origin: 'operator',
        since: new Date('2026-11-24T01:12:50Z'),
        healsItself: false,
        healsAt: null,
      },
    },
  ],
  more: 0,
  sentAt: new Date('2026-11-25T18:31:08Z'),
};
const formats = { generic: formatGeneric, slack: formatSlack, dingtalk: formatDingTalk };

test.each(notifyFormats)('the example of %s is what is sent, and a receiver takes it', (format) => {
  const example = new RegExp(`\`\`\`json ${format}\n(.*?)\n\`\`\``, 's').exec(text)?.[1] ?? '';
  const sent = formats[format](message, 'https://ops.example.com');
  expect(JSON.parse(example)).toEqual(sent);
  expect(receiverShapes[format].safeParse(sent).error).toBeUndefined();
});

test('the run of the examples is one that can need a person', () => {
  const [item] = message.items;
  const lastErrorCode = item?.code ?? '';
  const run: TroubledRun = {
    ...{ runId: '12', scope: 'all', status: 'partial_error', cause: 'targets_failed', lastErrorCode },
    ...{ errors: 2, postponed: 0, nextTryAt: null, endedAt: item?.since ?? null, heardAt: new Date(0) },
  };
  const [issue] = findRunIssues(healthFacts({ runs: [run] }), findRemedy);
  const { key, severity, summary, remedy, path, cause } = item ?? {};
  expect(issue).toMatchObject({ key, severity, summary, remedy, path, ...cause });
  // What is tried again is left to a later try, which needs nobody.
  expect(findRemedy(lastErrorCode)?.recovery).toBe('fail');
});

test('every health issue has a section with what to do, and there is no other', () => {
  const sections = readText('docs/health.md').split('\n### ').slice(1);
  expect(sections.map((section) => section.split('\n')[0])).toEqual([...healthIssueIds]);
  for (const section of sections) expect(section).toMatch(/^\*\*What to do:\*\* \S.{5,}/m);
});

test('every field of the generic format is explained', () => {
  const table = tableRows(text);
  const explained = table
    .slice(table.findIndex(([first]) => first === 'field'))
    .flatMap(([first]) => codeWords(first ?? ''));
  const { items, ...head } = formatGeneric(message, null) as { items: object[] } & Record<string, unknown>;
  const fields = [...Object.keys(head), ...Object.keys(items[0] ?? {}).map((field) => `items[].${field}`)];
  expect(fields.filter((field) => field !== 'items[].url').toSorted()).toEqual(explained.toSorted());
});
