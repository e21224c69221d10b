import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anchorsOf, codeWords, readText, tableRows } from '../../support/doc-files.ts';

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}
interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
}

const folder = 'deploy/prometheus';
const rules = (parse(readText(`${folder}/alerts.yml`)) as RuleFile).groups.flatMap((group) => group.rules);
const names = rules.map(({ alert }) => alert);
const guide = readText('docs/monitoring.md');
const rowsOf = (heading: string) => {
  const [, section = ''] = guide.split(`\n## ${heading}\n`);
  return tableRows(section.split('\n## ')[0] ?? '').filter(([first]) => first?.startsWith('`'));
};

describe('the alerts', () => {
  test('have a section each that says what happened and what to do, in their order', () => {
    const sections = readText('docs/alerts.md').split('\n### ').slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(names);
    for (const section of sections) expect(section).toMatch(/^\w+\n\n[A-Z0-9`].+\n\n\*\*What to do:\*\* ./s);
  });

  test.each(rules)('$alert says what it means, and links to its section', ({ alert, annotations }) => {
    expect(annotations['description']).toMatch(/^[A-Z/].+\. .+\.$/);
    const [path = '', anchor = ''] = annotations['runbook_url']?.split('#') ?? [];
    expect(path).toBe('docs/alerts.md');
    expect(anchorsOf(path)).toContain(anchor);
    expect(anchor).toBe(alert.toLowerCase());
  });

  test('read metrics that are documented', () => {
    const documented = rowsOf('Metrics').flatMap(([metrics]) => codeWords(metrics ?? ''));
    const read = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/catalogsync_(\w+)/g)].map(([, name]) => name),
    );
    expect(read.length).toBeGreaterThan(10);
    expect(read.filter((name) => !documented.includes(name ?? ''))).toEqual([]);
  });

  test('are each shown to fire', () => {
    const shown = (parse(readText(`${folder}/alerts.test.yml`)) as TestFile).tests.flatMap(
      (each) => each.alert_rule_test,
    );
    const fired = shown.filter(({ exp_alerts: alerts }) => alerts.length > 0);
    expect(new Set(fired.map(({ alertname }) => alertname))).toEqual(new Set(names));
  });
});

interface AlertmanagerFile {
  readonly route: {
    readonly receiver: string;
    readonly routes: readonly { readonly matchers: readonly string[]; readonly receiver: string }[];
  };
  readonly receivers: readonly { readonly name: string }[];
}

test('the example for Alertmanager pages the critical alerts, and sends each other severity to the chat', () => {
  const { route, receivers } = parse(readText(`${folder}/alertmanager.yml`)) as AlertmanagerFile;
  const receiverOf = new Map(route.routes.map(({ matchers, receiver }) => [matchers.join(), receiver]));
  const severities = new Set(rules.map(({ labels }) => labels.severity));
  expect(receiverOf).toEqual(
    new Map(
      [...severities].map((severity) => [
        `severity="${severity}"`,
        severity === 'critical' ? 'page' : 'chat',
      ]),
    ),
  );
  expect(new Set(receivers.map(({ name }) => name))).toEqual(
    new Set([route.receiver, ...receiverOf.values()]),
  );
});
