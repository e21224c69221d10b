import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../support/doc-files.ts';
import { findTool } from '../../support/find-tool.ts';
import { findPromtool, runPromtool } from '../../support/promtool.ts';

const promtool = findPromtool();
const folder = 'deploy/prometheus';

describe('the alerts', () => {
  test.skipIf(promtool === null)('fire when they should, as promtool finds', () => {
    const { status, output } = runPromtool(promtool ?? '', [
      'test',
      'rules',
      join(root, folder, 'alerts.test.yml'),
    ]);
    expect(output).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  test.skipIf(promtool === null)('belong to a configuration that Prometheus takes', () => {
    const { status, output } = runPromtool(promtool ?? '', [
      'check',
      'config',
      join(root, folder, 'prometheus.yml'),
    ]);
    expect(output).toContain('14 rules found');
    expect(status).toBe(0);
  });
});

const amtool = findTool(['amtool'], process.env);

test.skipIf(amtool === null)('the example for Alertmanager is one that it takes, as amtool finds', () => {
  const { status, output } = runPromtool(amtool ?? '', [
    'check-config',
    join(root, folder, 'alertmanager.yml'),
  ]);
  expect(output).toContain('2 receivers');
  expect(status).toBe(0);
});
