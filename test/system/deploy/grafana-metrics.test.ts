import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { readText, root } from '../../support/doc-files.ts';
import { findPromtool, runPromtool } from '../../support/promtool.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';
import { queriesOf, readDashboard } from '../../support/dashboards.ts';

/*
 * What the panels and alerts ask Prometheus for, asked by promtool of series that begin with a real answer of /metrics. The
 * clock of promtool begins at 0, so times are told from there.
 */

const promtool = findPromtool();
const queries = queriesOf(readDashboard('operations')).map(({ title, expr = '' }) => ({ title, expr }));
const minutes = 30;

let stack: TestStack;
let world: WebWorld;
let folder: string;
let calm: string;
let busy: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'grafana-metrics-'));
  stack = await openTestStack({ backend: 'postgres' });
  await stack.run();
  // An app that logs in: with a token of its own, no stored one is watched.
  const env = { ...stack.env, ALIBABA_ACCESS_TOKEN: '' };
  world = await openWebWorld({ database: stack.database, env });
  calm = await world.get('/metrics');
  await stack.query(
    `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at)
     VALUES ('hourly', '0 * * * *', 'Asia/Shanghai', '["all"]', 'skip', 'cli', usage.ledger_now() - interval '3 hours', now(), now())`,
  );
  await stack.query(
    `INSERT INTO sync.slot (schedule, slot_at, outcome, decided_at, run_id)
     SELECT 'hourly', date_trunc('hour', requested_at), 'ran', now(), run_id FROM sync.run LIMIT 1`,
  );
  await stack.query(
    `INSERT INTO sync.observation_stat (date_day, source, hint, decile, observations, expected, changed)
     SELECT (usage.ledger_now() AT TIME ZONE 'Asia/Shanghai')::date, source, 'none', 1, 5, 1, 2
     FROM (VALUES ('search'), ('detail')) s (source)`,
  );
  await stack.query(
    `INSERT INTO usage.api_hold (api, code, held_at) SELECT api, 'GATEWAY_NO_GRANT', now() FROM usage.api_call LIMIT 1`,
  );
  await stack.query(
    `INSERT INTO sync.token (app_key, access_token, refresh_expires_at, updated_at)
     VALUES ($1, '', usage.ledger_now() + interval '30 days', now())`,
    [stack.sandbox.appKey],
  );
  await stack.query(`UPDATE usage.quota_limit SET call_limit = 1 WHERE period_kind = 'day'`);
  busy = await world.get('/metrics');
}, 60_000);
afterAll(async () => {
  await world.close();
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An answer of /metrics as series of promtool. Counters grow by their value a minute, if they are to. */
function seriesOf(exposition: string, { growing }: { growing: boolean }) {
  const counters = new Set(
    [...exposition.matchAll(/^# TYPE (\w+) (?:counter|histogram)$/gm)].map((match) => match[1]),
  );
  const atS = Date.now() / 1000;
  return [...exposition.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value = '']) => {
      const isCounter = counters.has(name.replace(/_(bucket|sum|count)$/, ''));
      const reported = name.endsWith('_timestamp_seconds') ? String(Number(value) - atS) : value;
      const given = ['job="catalog-sync"', 'instance="web:3000"', ...(labels === '' ? [] : [labels])].join(
        ', ',
      );
      const values =
        isCounter && growing ? `0+${value}x${String(minutes)}` : `${reported}+0x${String(minutes)}`;
      return { series: `${name}{${given}}`, values };
    },
  );
}

/** What promtool says to one test; times are minutes. */
function judge(name: string, rules: readonly string[], judged: object): string {
  const file = join(folder, `${name}.yml`);
  writeFileSync(file, stringify({ rule_files: rules, evaluation_interval: '1m', tests: [judged] }));
  return runPromtool(promtool ?? '', ['test', 'rules', file]).output;
}

/** As Grafana does, over a minute's points. */
const asGrafanaAsks = (expr: string) => expr.replaceAll('$__rate_interval', '4m');

describe.skipIf(promtool === null)('each panel of the dashboard', () => {
  test.each(queries)('$title: there is a number, by $expr', ({ expr }) => {
    const asked = asGrafanaAsks(expr);
    expect(asked).not.toContain('$');
    // Not a number is no number: nothing is as large as that.
    const hasNumbers = {
      expr: `count((${asked}) > -Inf) > bool 0`,
      eval_time: '20m',
      exp_samples: [{ labels: '{}', value: 1 }],
    };
    const input = {
      interval: '1m',
      input_series: seriesOf(busy, { growing: true }),
      promql_expr_test: [hasNumbers],
    };
    expect(judge('panel', [], input)).toContain('SUCCESS');
  });
});

describe.skipIf(promtool === null)('each alert', () => {
  interface Rules {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
  }
  const path = join(root, 'deploy/prometheus/alerts.yml');
  const { groups } = parse(readText('deploy/prometheus/alerts.yml')) as Rules;
  const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));

  test('is silent after a sync that went well', () => {
    const up = { series: 'up{job="catalog-sync", instance="web:3000"}', values: `1x${String(minutes)}` };
    const silent = names.map((alertname) => ({ alertname, eval_time: '25m', exp_alerts: [] }));
    const input = {
      interval: '1m',
      input_series: [...seriesOf(calm, { growing: false }), up],
      alert_rule_test: silent,
    };
    expect(judge('alerts', [path], input)).toContain('SUCCESS');
  });
});

test('the panels ask for every metric there is, and share the screen', () => {
  const metrics = [...busy.matchAll(/^# TYPE (catalogsync_\w+)/gm)].map((match) => match[1] ?? '');
  expect(metrics.length).toBeGreaterThan(30);
  expect(metrics.filter((name) => !queries.some(({ expr }) => expr.includes(name)))).toEqual([]);
  const { panels } = readDashboard('operations');
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from(
      { length: w * h },
      (_, place) => `${String(x + (place % w))}/${String(y + Math.floor(place / w))}`,
    ),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
});
