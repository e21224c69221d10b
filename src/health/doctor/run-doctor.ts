import { exitCodes } from '../../core/exit-codes.ts';
import { isDemo } from '../../config/is-demo.ts';
import type { Config, Environment } from '../../config/environment.ts';
import { loadConfig } from '../../config/environment.ts';
import { contractName, contractReportFile } from '../contract/check-contract.ts';
import { failed, type Check } from './check.ts';
import { checkEnvFiles } from './check-env-files.ts';
import { checkEncryption } from './check-encryption.ts';
import { checkFeedFiles } from './check-feed-files.ts';
import { checkGitIgnore } from './check-git-ignore.ts';
import { checkHeartbeat, checkNotifySettings } from './check-notifications.ts';
import { checkCredentials, checkSettings, checkTarget, demoCheck } from './check-settings.ts';
import { checkRedis } from './check-redis.ts';
import { checkSecretFiles } from './check-secret-files.ts';
import { checkSyncFile } from './check-sync-file.ts';
import { findOrigins } from './setting-origins.ts';

/** Checks more than files: the database, the token, the gateway. */
type ServiceChecks = (config: Config) => Promise<Check[]>;

export interface DoctorOptions {
  readonly projectDir: string;
  readonly env: Environment;
  readonly checkServices: ServiceChecks;
}

function tryLoadConfig(options: DoctorOptions): Config | Check {
  try {
    return loadConfig(options);
  } catch (error) {
    return failed('settings', error);
  }
}

/** Every check in the order in which problems are best solved. Continues after a failed one. */
export async function runDoctor(options: DoctorOptions): Promise<Check[]> {
  const { projectDir, env } = options;
  const files = [
    ...checkEnvFiles(projectDir, env),
    ...(await checkGitIgnore(projectDir)),
    ...checkSecretFiles(projectDir, env),
  ];
  const config = tryLoadConfig(options);
  const origins = findOrigins(projectDir, env);
  if ('status' in config) return [...files, config, checkSyncFile(projectDir)];
  const encryption = checkEncryption(config);
  // Asking Redis would send its password.
  const mayConnect = encryption.every(({ status }) => status !== 'fail');
  return [
    ...files,
    checkSettings(origins),
    ...(isDemo(config) ? [demoCheck] : checkCredentials(config)),
    checkSyncFile(projectDir),
    ...(await checkFeedFiles(projectDir)),
    ...(isDemo(config) ? [] : [checkTarget(config, origins)]),
    ...checkNotifySettings(config),
    checkHeartbeat(config),
    ...encryption,
    ...(mayConnect ? await checkRedis(config) : []),
    ...(await options.checkServices(config)),
  ];
}

/** The problems of the permissions; null: none. */
function nextForPermissions(checks: readonly Check[]): string | null {
  const permissions = checks.filter(({ permission }) => permission !== undefined);
  if (permissions.length === 0) return null;
  if (permissions.every(({ status }) => status === 'skip')) {
    return 'Next: `catalog-sync doctor --probe` makes one call for each API and shows which ones the app may call; `catalog-sync sync` also finds out.';
  }
  if (permissions.every(({ status }) => status !== 'warn')) return null;
  const canFetch = permissions.some(({ permission }) => permission?.observed === 'allowed');
  const meanwhile = canFetch
    ? 'Meanwhile, `catalog-sync sync` fetches the data of the other APIs.'
    : 'Until an API is granted, there is nothing to fetch.';
  return `Next: do what the lines of "permission" advise. ${meanwhile}`;
}

/** The next step. */
export function nextStep(checks: readonly Check[]): string {
  const first = checks.find((check) => check.status === 'fail');
  if (first?.name === contractName && !checks.some(({ exitCode }) => exitCode === exitCodes.configuration))
    return `Next: read ${contractReportFile}, and report what differs; a sync may miss data until it is settled.`;
  if (first) return `Next: correct "${first.name}", then run \`catalog-sync doctor\` again.`;
  if (checks.includes(demoCheck)) {
    return 'Next: `catalog-sync demo` plays the next day; docs/go-live.md describes the way to real data.';
  }
  if (checks.some((check) => check.status === 'skip' && check.name === 'signed call')) {
    return 'Next: `catalog-sync doctor --yes` makes a signed call, which proves that App Key and App Secret are correct.';
  }
  if (checks.some((check) => check.status === 'warn' && check.name === 'token')) {
    return 'Next: get an access token, as "token" says; until then only categories can be fetched.';
  }
  const permissions = nextForPermissions(checks);
  if (permissions !== null) return permissions;
  if (checks.some(({ source }) => source === 'sandbox')) {
    return 'Next: `catalog-sync sync` fills the catalog with mock data; docs/go-live.md describes the way to real data.';
  }
  return 'Next: `catalog-sync sync` starts the first run; `catalog-sync status` shows how it went.';
}
