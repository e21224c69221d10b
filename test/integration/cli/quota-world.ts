import { runCli } from '../../../src/cli/main.ts';
import { api, appKey, otherApi, type OpenLedger } from '../../support/open-ledger.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

export const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';

const plainFile = `
account: personal
feeds:
  - { name: bags, keywords: ["包"] }
`;

export interface QuotaRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Lines that `catalog-sync.yaml` has more than the least; null: there is no such file. */
  readonly file?: string | null;
  readonly columns?: number;
  /** Another database than that of the ledger. */
  readonly url?: string;
}

/** `catalog-sync quota ARGS` of a project whose app and database are those of a ledger. */
export function createQuotaCli({ db }: OpenLedger) {
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<QuotaRun> => {
    const { file = '', columns = 200, url = db.url } = options;
    const { context, stdout, stderr } = createWorld({
      env: { DATABASE_URL: url, ALIBABA_APP_KEY: appKey },
      cwd: createProject(file === null ? {} : { 'catalog-sync.yaml': plainFile + file }),
      columns,
    });
    const exitCode = await runCli(['quota', ...args], context);
    return { exitCode, out: stdout.text, err: stderr.text };
  };
  return {
    /** With the words of a line that has no quotes. */
    run: (line: string, options?: RunOptions) => run(line === '' ? [] : line.split(' '), options),
    runArgs: run,
    /** What `--json` gives. */
    json: async (line: string, options?: RunOptions): Promise<unknown> =>
      JSON.parse((await run([...(line === '' ? [] : line.split(' ')), '--json'], options)).out),
  };
}

/** Applies the presets, as every process does at its start. */
export function applyPersonal({ quota }: OpenLedger): Promise<unknown> {
  return quota.applyPresets({ appKey, account: 'personal', apis: [otherApi, api], callsPerSecond: 1_000 });
}

/** An empty ledger at noon with the limits of a personal account. */
export async function resetToPersonal(at: OpenLedger): Promise<void> {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
  await applyPersonal(at);
}
