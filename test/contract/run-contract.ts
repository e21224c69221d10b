import { createInterface } from 'node:readline/promises';
import { formatTable } from '../../src/cli/terminal/format-table.ts';
import { isLoopbackUrl, loadConfig, processEnvironment } from '../../src/core/config.ts';
import { createSandbox } from '../../src/sandbox/create-sandbox.ts';
import { Secret } from '../../src/core/secret.ts';
import { checkGateway, type ContractResult, type ContractTarget, type Finding } from './check-gateway.ts';
import { contractCalls } from './contract-calls.ts';

/*
 * `npm run test:contract`: asks the sandbox every question of the contract. With `-- --live` it asks 1688 the same,
 * and shows where the two differ. Live calls are not in the ledger of any database.
 */

async function checkSandbox(): Promise<ContractResult> {
  const sandbox = await createSandbox({ offers: 100, categories: 30 });
  try {
    const { url: baseUrl, appKey, appSecret, accessToken } = sandbox;
    return await checkGateway({
      baseUrl,
      appKey,
      appSecret: new Secret(appSecret),
      accessToken: new Secret(accessToken),
    });
  } finally {
    await sandbox.close();
  }
}

/** The real gateway by the settings of this folder; a sentence when there is none to ask. */
function findLiveTarget(): ContractTarget | string {
  const env = processEnvironment();
  if (env['CI'] || env['VITEST']) return 'no live call is made from tests or CI';
  const config = loadConfig({ projectDir: process.cwd(), env });
  const { ALIBABA_API_URL: baseUrl, ALIBABA_APP_KEY: appKey, ALIBABA_APP_SECRET: appSecret } = config;
  if (isLoopbackUrl(new URL(baseUrl))) return 'ALIBABA_API_URL is on this machine: that is a sandbox';
  if (!appKey || !appSecret) return 'ALIBABA_APP_KEY and ALIBABA_APP_SECRET are not both set';
  return { baseUrl, appKey, appSecret, accessToken: config.ALIBABA_ACCESS_TOKEN ?? null };
}

async function isAgreed(args: readonly string[]): Promise<boolean> {
  if (args.includes('--yes')) return true;
  if (!process.stdin.isTTY) return false;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const question = `Make up to ${contractCalls.length} calls of the real gateway? They count at 1688, not in the ledger. [y/N] `;
  try {
    return /^y(es)?$/i.test((await reader.question(question)).trim());
  } finally {
    reader.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printResult(name: string, { findings, omitted, callsMade }: ContractResult): void {
  const broken = findings.filter(({ holds }) => !holds);
  print(
    `${name}: ${callsMade} calls, ${findings.length - broken.length} of ${findings.length} assertions hold`,
  );
  for (const { call, reason } of omitted) print(`  not compared: ${call} (${reason})`);
  if (broken.length === 0) return;
  const columns = ['call', 'place', 'expected', 'found'].map((header) => ({ header }));
  print(
    formatTable(
      columns,
      broken.map(({ call, path, expected, found }) => [call, path, expected, found]),
    ),
  );
}

/** Where live and sandbox gave something else, also when both are allowed. */
function printDifferences(sandbox: readonly Finding[], live: readonly Finding[]): void {
  const key = ({ call, path }: Finding) => `${call}\n${path}`;
  const ofSandbox = new Map(sandbox.map((finding) => [key(finding), finding]));
  const rows = live.flatMap((finding) => {
    const found = ofSandbox.get(key(finding))?.found ?? '-';
    return found === finding.found ? [] : [[finding.call, finding.path, found, finding.found]];
  });
  if (rows.length === 0) print('\nsandbox and live do not differ');
  else
    print(
      `\n${formatTable(
        ['call', 'place', 'sandbox', 'live'].map((header) => ({ header })),
        rows,
      )}`,
    );
}

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--live' && arg !== '--yes');
  if (unknown !== undefined) throw new Error(`there is no flag ${unknown}: --live, --yes`);
  const sandbox = await checkSandbox();
  printResult('sandbox', sandbox);
  const results = [sandbox];
  if (args.includes('--live')) {
    const target = findLiveTarget();
    const refusal = typeof target === 'string' ? target : (await isAgreed(args)) ? null : 'nobody agreed';
    if (typeof target === 'string' || refusal !== null)
      throw new Error(`live was not asked: ${refusal ?? ''}`);
    const live = await checkGateway(target);
    printResult('live', live);
    printDifferences(sandbox.findings, live.findings);
    results.push(live);
  }
  if (results.some(({ findings }) => findings.some(({ holds }) => !holds))) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
