import { createInterface } from 'node:readline/promises';
import { loadConfig, processEnvironment } from '../../../src/config/environment.ts';
import { isLoopbackUrl } from '../../../src/core/loopback.ts';
import { createSandbox } from '../../../src/sandbox/create-sandbox.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createLogger } from '../../../src/core/log.ts';
import { checkGateway, type ContractResult, type ContractTarget } from './check-gateway.ts';
import { contractCalls } from './contract-calls.ts';
import { reportDifferences, reportResult } from './contract-report.ts';
import { findAccessToken } from './find-access-token.ts';

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
async function findLiveTarget(): Promise<ContractTarget | string> {
  const env = processEnvironment();
  if (env['CI'] || env['VITEST']) return 'no live call is made from tests or CI';
  const config = loadConfig({ projectDir: process.cwd(), env });
  const { ALIBABA_API_URL: baseUrl, ALIBABA_APP_KEY: appKey, ALIBABA_APP_SECRET: appSecret } = config;
  if (isLoopbackUrl(new URL(baseUrl))) return 'ALIBABA_API_URL is on this machine: that is a sandbox';
  if (!appKey || !appSecret) return 'ALIBABA_APP_KEY and ALIBABA_APP_SECRET are not both set';
  const log = createLogger({ level: 'warn', pretty: true });
  return { baseUrl, appKey, appSecret, accessToken: await findAccessToken(config, appKey, log) };
}

async function isAgreed(args: readonly string[]): Promise<boolean> {
  if (args.includes('--yes')) return true;
  if (!process.stdin.isTTY) return false;
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const question =
    `Make up to ${contractCalls.length} calls of the real gateway, one of them the upload of a drawn bag? ` +
    'They count at 1688, not in the ledger. [y/N] ';
  try {
    return /^y(es)?$/i.test((await reader.question(question)).trim());
  } finally {
    reader.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--live' && arg !== '--yes');
  if (unknown !== undefined) throw new Error(`there is no flag ${unknown}: --live, --yes`);
  const sandbox = await checkSandbox();
  print(reportResult('sandbox', sandbox));
  const results = [sandbox];
  if (args.includes('--live')) {
    const target = await findLiveTarget();
    const refusal = typeof target === 'string' ? target : (await isAgreed(args)) ? null : 'nobody agreed';
    if (typeof target === 'string' || refusal !== null)
      throw new Error(`live was not asked: ${refusal ?? ''}`);
    const live = await checkGateway(target);
    print(reportResult('live', live));
    print(`\n${reportDifferences(sandbox.findings, live.findings)}`);
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
