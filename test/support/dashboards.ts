import { parse } from 'yaml';
import { readText } from './doc-files.ts';

interface Target {
  readonly datasource: { readonly uid: string; readonly type: string };
  /** Of a dashboard over Postgres. */
  readonly rawSql?: string;
  /** Of a dashboard over Prometheus. */
  readonly expr?: string;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets: readonly Target[];
}

export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}

export function readDashboard(name: string): Dashboard {
  return JSON.parse(readText(`deploy/grafana/dashboards/${name}.json`)) as Dashboard;
}

/** What the panels of a dashboard ask for, each with its panel's title. */
export function queriesOf({ panels }: Dashboard) {
  return panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target })));
}

/** Whom Grafana may ask. */
export function provisionedDatasources() {
  const { datasources } = parse(readText('deploy/grafana/provisioning/datasources/catalog-sync.yml')) as {
    readonly datasources: readonly { readonly uid: string; readonly type: string }[];
  };
  return datasources.map(({ uid, type }) => ({ uid, type }));
}
