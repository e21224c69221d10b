import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { readHealth } from '../../../../src/app/read-health.ts';
import { formatHealth } from '../../../../src/cli/format-health.ts';
import { loadConfig } from '../../../../src/config/environment.ts';
import { extractErrors } from '../../../../src/extract/errors.ts';
import { checkHealth } from '../../../../src/health/doctor/check-health.ts';
import { formatDingTalk } from '../../../../src/health/webhook/format-dingtalk.ts';
import { formatGeneric } from '../../../../src/health/webhook/format-generic.ts';
import { formatSlack } from '../../../../src/health/webhook/format-slack.ts';
import type { HealthIssue } from '../../../../src/model/health-issue.ts';
import type { NotificationMessage } from '../../../../src/model/notification.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { createProject, createWorld } from '../../../support/in-process.ts';
import { openWebWorld, type WebWorld } from '../../../support/web-world.ts';

/** What 1688 itself answers, as runs and holds keep it: docs/1688.md. */
const gatewayCodes = [
  ...['gw.SignatureInvalid', 'gw.SignatureMissing', 'gw.AppKeyMissing', 'gw.AppKeyNotFound', '401'],
  ...['gw.APIACLDecline', 'gw.APIUnsupported', 'gw.ParamMissing', 'gw.QosAppFrequencyLimit'],
  ...['gw.QosAPIFrequencyLimit', 'gw.QosSomethingNew', 'gw.NoUsageLeftError', 'gw.TimestampInvalid'],
  ...['500_1', '500_2'],
];

/** What catalog-sync makes of it, and of what happens on the way. */
const ownCodes = Object.keys(extractErrors).filter((code) => /^(GATEWAY|AUTH)_/.test(code));
const codes = [...gatewayCodes, ...ownCodes];

let database: TestDatabase;
let world: WebWorld;
let issues: readonly HealthIssue[];

beforeAll(async () => {
  database = await createTestDatabase();
  for (const code of codes)
    await database.pool.query(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, cause, started_at, ended_at)
       VALUES ('feed:' || $1, 'test', 'sandbox', 'partial_error', jsonb_build_array($1::text), $1, now(), now())`,
      [code],
    );
  issues = await readHealth({ pool: database.pool, appKey: '1000000', feeds: [] });
  world = await openWebWorld({ database });
});
afterAll(async () => {
  await world.close();
  await database.drop();
});

const issueOf = (code: string): HealthIssue => {
  const found = issues.find((issue) => issue.code === code);
  if (!found) throw new Error(`no issue of ${code}`);
  return found;
};

/** As people read it: without the marks of commands, and what HTML and Slack escape. */
const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '',
    )
    .replaceAll('`', '')
    .replaceAll(/\s+/g, ' ');

const messageOf = (code: string): NotificationMessage => {
  const {
    id: issueId,
    key,
    severity,
    summary,
    remedy,
    path,
    runId,
    origin,
    since,
    healsItself,
    healsAt,
  } = issueOf(code);
  const cause = { origin, since, healsItself, healsAt };
  const item = { key, severity, summary, remedy, path, runId, code, issueId, cause, change: null };
  return {
    ...{ source: 'sandbox', more: 0, sentAt: new Date(0) },
    items: [{ ...item, id: '0'.repeat(32), phase: 'begun', since: new Date(0) }],
  };
};

describe.each(codes)('%s', (code) => {
  it('has whose it is and what to do from one table', () => {
    const kind = findRemedy(code);
    expect(kind?.remedy).toMatch(/^.{15,}/);
    expect(issueOf(code)).toMatchObject({ id: 'run', remedy: kind?.remedy, origin: kind?.origin });
  });

  it('is the same at a terminal, in `doctor`, on the overview and in every message', async () => {
    const { summary, remedy } = issueOf(code);
    const said = [summary, remedy].map(plain);
    const { context } = createWorld();
    const config = loadConfig({
      projectDir: createProject(),
      env: { ALIBABA_APP_KEY: '1000000' },
      readFiles: false,
    });
    const checks = await checkHealth(database.pool, { config, sync: null, findRemedy });
    const surfaces = {
      terminal: formatHealth(issues, context),
      doctor: checks.map(({ message, advice }) => `${message} ${advice ?? ''}`).join('\n'),
      overview: await world.get('/'),
      generic: JSON.stringify(formatGeneric(messageOf(code), null)).replaceAll('\\"', '"'),
      slack: JSON.stringify(formatSlack(messageOf(code), null)).replaceAll('\\"', '"'),
      dingtalk: JSON.stringify(formatDingTalk(messageOf(code), null)).replaceAll('\\"', '"'),
    };
    for (const [name, text] of Object.entries(surfaces))
      for (const sentence of said) expect(plain(text), name).toContain(sentence);
  });
});

it('the metric counts all of them', async () => {
  const needing = issues.filter(({ id, severity }) => id === 'run' && severity === 'act');
  expect(await world.get('/metrics')).toContain(
    `catalogsync_health_issue{id="run",severity="act"} ${String(needing.length)}\n`,
  );
  expect(issues.filter(({ id }) => id === 'run')).toHaveLength(codes.length);
});
