import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { LedgerCall } from '../../../bench/chaos/evidence.ts';
import { readLedger, readLeftovers } from '../../../bench/chaos/read-evidence.ts';
import { judgePayments } from '../../../bench/chaos/judges/judge-payments.ts';
import { catalogLines, compare, readTruth, truthLines } from '../../../bench/support/compare.ts';
import { runCli } from '../../../src/cli/main.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createPool } from '../../../src/db/pool.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createWorld } from '../../support/in-process.ts';
import { builtProgram } from '../../support/built-program.ts';
import { codeBlocks, readText } from '../../support/doc-files.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';

const run = promisify(execFile);

export const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

/** What a day of the sandbox lets through, as its operator was told. */
export const detailsPerDay = 60;

/** The month holds as many each day: on the first days of a month, a smaller one would leave less than the day has. */
const syncFile = `
account: business
freshness: { category: 300d, search: 300d, detail: 300d }
feeds: [{ name: all, categories: ['0'] }]
quotas:
  per_second: 20
  approved: { offer.detail: { daily: ${detailsPerDay}, monthly: ${31 * detailsPerDay} } }
`;

/** The commands below a heading of docs/backup.md, block by block. */
export function documentedCommands(heading: string): string[] {
  const lines = readText('docs/backup.md').split('\n');
  const from = lines.indexOf(`## ${heading}`);
  const next = lines.findIndex((line, at) => at > from && line.startsWith('## '));
  return codeBlocks('docs/backup.md')
    .filter(({ language, line }) => language === 'sh' && line > from && (next < 0 || line < next))
    .map(({ text }) => text);
}

export interface RestoreWorld {
  readonly sandbox: Sandbox;
  /** Runs lines of a shell in the project, as a person would. */
  shell(lines: string, env?: Readonly<Record<string, string>>): Promise<void>;
  /** Runs one verb there, and gives what it printed. */
  verb(...words: readonly string[]): Promise<string>;
  /** Everything the processes need to find this database from now on. */
  useDatabase(url: string | null): void;
  /** Calls that arrived, as 1688's console would show them, by API. */
  countArrivals(): Promise<Readonly<Record<string, number>>>;
  /** Answers other than good ones. */
  listRefusals(): Promise<string[]>;
  /** Tells the ledger what the console shows of an operation. */
  reconcile(name: string): Promise<void>;
  /** The same for each that `quota` asks for; gives how many. */
  reconcileAll(): Promise<number>;
  close(): Promise<void>;
}

const dayMs = 86_400_000;

/** From now to noon of tomorrow in China: no test shall run over midnight. */
export function untilNoonMs(now: number): number {
  const shanghai = now + 8 * 3_600_000;
  return (Math.floor(shanghai / dayMs) + 1) * dayMs + dayMs / 2 - shanghai;
}

interface Stats {
  readonly byApi: Readonly<Record<string, number>>;
  readonly byOutcome: Readonly<Record<string, number>>;
}

export interface WorldOptions {
  /** Of the project. */
  readonly folder: string;
  /** The folder of `pg_dump` and its like; it comes first on PATH. */
  readonly programs: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A project of an operator, and a 1688 that stands still and counts. */
export async function openRestoreWorld({ folder, programs, env: own }: WorldOptions): Promise<RestoreWorld> {
  const program = await builtProgram();
  const sandbox = await startTestSandbox({
    offers: 100,
    categories: 10,
    worldStepMs: 1e14,
    latencyMs: 30,
    quotas: { perApi: { [detailApi]: { perDay: detailsPerDay } } },
  });
  writeFileSync(join(folder, 'catalog-sync.yaml'), syncFile);
  const settings: Record<string, string> = {
    ...sandboxSettings(sandbox),
    ...own,
  };
  const shell: RestoreWorld['shell'] = async (lines, env = {}) => {
    const text = lines.replaceAll('bin/catalog-sync.js', program);
    const path = `${programs}${delimiter}${process.env['PATH'] ?? ''}`;
    await run('sh', ['-euc', text], { cwd: folder, env: { PATH: path, ...settings, ...env } });
  };
  const verb: RestoreWorld['verb'] = async (...words) => {
    const { context, stdout, stderr } = createWorld({ cwd: folder, env: settings });
    const exitCode = await runCli(words, context);
    if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr.text}`);
    return stdout.text;
  };
  const readStats = async () =>
    (await (await fetch(`${sandbox.controlUrl}/stats?calls=false`)).json()) as Stats;
  const reconcile = async (name: string) => {
    const used = String(usedOf((await readStats()).byApi, name));
    const month = name === 'offer.detail' ? ['--month', used] : [];
    await verb('quota', 'reconcile', '--api', name, '--day', used, ...month);
  };
  return {
    ...{ sandbox, shell, verb },
    useDatabase: (url) => {
      if (url === null) delete settings['DATABASE_URL'];
      else settings['DATABASE_URL'] = url;
    },
    countArrivals: async () => (await readStats()).byApi,
    listRefusals: async () =>
      Object.keys((await readStats()).byOutcome).filter((outcome) => outcome !== 'ok' && outcome !== 'oauth'),
    reconcile,
    reconcileAll: async () => {
      const reported = [...(await verb('quota')).matchAll(/quota reconcile --api (\S+) --/g)];
      for (const [, name = ''] of reported) await reconcile(name);
      return reported.length;
    },
    close: () => sandbox.close(),
  };
}

const apiNames: Readonly<Record<string, string>> = {
  'category.children': 'alibaba.category.get',
  'search.keyword': 'product.search.keywordQuery',
  'offer.detail': 'product.search.queryProductDetail',
};

/** The console's number for an operation, or for the app as a whole. */
function usedOf(byApi: Readonly<Record<string, number>>, name: string): number {
  const isMeant = (api: string) => name.includes('*') || api.includes(`:${apiNames[name] ?? name}:`);
  return Object.entries(byApi)
    .filter(([api]) => isMeant(api))
    .reduce((sum, [, calls]) => sum + calls, 0);
}

const log = createLogger({ level: 'silent', pretty: false });

/** Short work on a database, with a pool that is closed after it. */
export async function withPool<T>(
  connectionString: string,
  work: (pool: ReturnType<typeof createPool>) => Promise<T>,
): Promise<T> {
  const pool = createPool({ connectionString, max: 3, log });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** Moves the ledger's clock to so much ahead of the machine's. */
export async function setLedgerAhead(url: string, ms: number): Promise<void> {
  await withPool(url, (pool) => createQuotaStore({ pool }).setLedgerOffset(ms));
}

/** What a catalog that is complete has wrong, and what was paid twice; nothing, if all is well. */
export async function findFaults(url: string, sandbox: Sandbox): Promise<string[]> {
  return withPool(url, async (pool) => {
    const ask = async (path: string) => (await fetch(`${sandbox.controlUrl}${path}`)).json();
    const query = async <Row extends object>(sql: string) => (await pool.query<Row>(sql)).rows;
    const differences = compare(
      truthLines(await readTruth({ ask, query })),
      await catalogLines({ ask, query }),
    );
    const leftovers = { ...(await readLeftovers(pool)), runs: 0, slots: 0 };
    const calls: LedgerCall[] = await readLedger(pool);
    const { breaches } = judgePayments(calls, { maxCallMs: 60_000, freshForMs: () => 300 * dayMs });
    return [
      ...differences.flatMap(({ table, missing, wrong }) =>
        missing.length + wrong.length > 0
          ? [`${table}: ${missing.length} missing, ${wrong.length} wrong`]
          : [],
      ),
      ...Object.entries(leftovers).flatMap(([name, count]) => (count > 0 ? [`${name}: ${count}`] : [])),
      ...breaches.map(({ what, callIds }) => `${what}: ${callIds.join()}`),
    ];
  });
}
