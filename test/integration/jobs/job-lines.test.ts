import { readFileSync } from 'node:fs';
import { DelayedError } from 'bullmq';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { AppError } from '../../../src/core/errors.ts';
import { createLogger } from '../../../src/core/log.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import { logJobEnd, logJobStop, type JobEnd } from '../../../src/jobs/log-job-end.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { createTestDatabase } from '../../support/database.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';

const syncFile = `
account: business
feeds: [{ name: all, categories: ['0'] }]
quotas: { per_second: 1000 }
`;

interface JobLine {
  readonly level: string;
  readonly msg: string;
  readonly runId: string;
  readonly jobId: string;
  readonly api: string;
  readonly outcome: string;
  readonly code?: string;
  readonly targets: number;
  readonly loaded: number;
  readonly callIds: readonly string[];
}

/** Names in the first column of the table below a heading of a page. */
function fieldsOf(page: string, heading: string): string[] {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}

/** A run of the sandbox as `sync --log-level` logs it. */
async function logsOf(level: string) {
  const [database, sandbox] = [
    await createTestDatabase(),
    await startTestSandbox({
      offers: 120,
      faults: [
        {
          kind: 'oversize',
          api: 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1',
          count: 1,
        },
        {
          kind: 'server_error',
          api: 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1',
          count: 1,
        },
      ],
    }),
  ];
  try {
    const env = {
      ...sandboxSettings(sandbox),
      DATABASE_URL: database.url,
    };
    const { context, stderr } = createWorld({ cwd: createProject({ 'catalog-sync.yaml': syncFile }), env });
    await runCli(['sync', '--log-level', level], context);
    const lines = stderr.text.split('\n').filter((line) => line.startsWith('{'));
    const { rows } = await database.pool.query<{ call: string; job: string; run: string }>(
      `SELECT call_id AS call, job_id AS job, run_id AS run FROM usage.api_call WHERE job_id IS NOT NULL`,
    );
    return { lines: lines.map((line) => JSON.parse(line) as JobLine), calls: rows };
  } finally {
    await sandbox.close();
    await database.drop();
  }
}

test('each job ends with one line, which leads from its run to its calls', async () => {
  const { lines, calls } = await logsOf('debug');
  const ends = lines.filter(({ msg }) => msg === 'job ended');
  const jobs = new Set(calls.map(({ job }) => job));
  expect(ends.map(({ jobId }) => jobId).toSorted()).toEqual([...jobs].toSorted());
  const attempts = lines.filter(({ msg }) => ['job ended', 'job attempt failed', 'job waits'].includes(msg));
  const reported = attempts.flatMap(({ callIds, jobId: job, runId: run }) =>
    callIds.map((call) => ({ call, job, run })),
  );
  const byCall = (a: { call: string }, b: { call: string }) => Number(a.call) - Number(b.call);
  expect(reported.toSorted(byCall)).toEqual(calls.toSorted(byCall));
  const given = lines.filter(({ msg }) => msg === 'target given up for today');
  expect(given).toMatchObject([{ runId: '1', kind: 'detail', err: { code: 'GATEWAY_ANSWER_TOO_LARGE' } }]);
  expect(jobs).toContain(given[0]?.jobId);
  const documented = fieldsOf('monitoring.md', 'Logs');
  expect(documented).toEqual(expect.arrayContaining(['runId', 'callIds']));
  const fields = new Set(ends.flatMap((line) => Object.keys(line)));
  expect([...fields.add('code')].toSorted()).toEqual(documented.toSorted());
});

describe('the line of a job', () => {
  const error = new AppError(extractErrors.GATEWAY_REDIRECT, 'refused');
  const target = { id: '7', windowId: null, request: { operation: 'offer.detail', offerId: '7' } } as never;
  const failed = [{ target, error }];
  const waiting = [{ target, wait: null }];
  const of = (end: Omit<JobEnd, 'durationMs'>) => {
    const lines: unknown[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
    logJobEnd(createLogger({ level: 'info', pretty: false, stream }), { ...end, durationMs: 5 });
    return lines;
  };
  const result = { callIds: ['3'], failed: [], waiting: [] };

  test.each([
    ['all was loaded', { targets: 2, result }, { level: 'info', outcome: 'done', loaded: 2 }],
    [
      'something failed',
      { targets: 2, result: { ...result, failed } },
      { level: 'info', outcome: 'partial', loaded: 1, failed: 1, code: 'GATEWAY_REDIRECT' },
    ],
    [
      'all failed',
      { targets: 1, result: { ...result, failed } },
      { level: 'warn', outcome: 'failed', loaded: 0, code: 'GATEWAY_REDIRECT' },
    ],
    [
      'nothing was loaded, for some of it failed and the rest waits',
      { targets: 3, result: { ...result, failed, waiting: [...waiting, ...waiting] } },
      { level: 'warn', outcome: 'failed', loaded: 0, failed: 1, waiting: 2 },
    ],
    [
      'some of it waits',
      { targets: 3, result: { ...result, failed, waiting } },
      { level: 'info', outcome: 'partial', loaded: 1, failed: 1, waiting: 1 },
    ],
    [
      'all is due again',
      { targets: 1, result: { ...result, waiting } },
      { level: 'info', outcome: 'waiting', waiting: 1 },
    ],
    [
      'others had asked',
      { targets: 0, result: null },
      { level: 'info', outcome: 'nothing_left', callIds: [] },
    ],
  ])('says that %s', (_name, end, line) => {
    expect(of(end)).toMatchObject([{ msg: 'job ended', durationMs: 5, ...line }]);
  });

  test('a job whose last attempt failed has ended, one that waits has not', () => {
    const lines: unknown[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const log = createLogger({ level: 'debug', pretty: false, stream });
    const stop = { callIds: ['3'], durationMs: 5 };
    const job = (attemptsMade: number) => ({ attemptsMade, opts: { attempts: 5 } });
    logJobStop(log, new DelayedError(), { job: job(4), ...stop });
    logJobStop(log, error, { job: job(3), ...stop });
    logJobStop(log, error, { job: job(4), ...stop });
    logJobStop(log, error, { job: { attemptsMade: 0, opts: {} }, ...stop });
    expect(lines).toMatchObject([
      { level: 'debug', msg: 'job waits' },
      { msg: 'job attempt failed', attempts: 4, callIds: ['3'] },
      { msg: 'job attempt failed', attempts: 5 },
      { level: 'warn', msg: 'job ended', outcome: 'failed', code: 'GATEWAY_REDIRECT' },
      { msg: 'job attempt failed', attempts: 1 },
      { level: 'warn', msg: 'job ended' },
    ]);
  });
});
