import type { Command } from 'commander';
import { chooseApis } from '../../extract/endpoints/endpoints.ts';
import { guideNames } from '../../extract/endpoints/guide-names.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import type { OpenQuota } from './open-quota.ts';

/** What a limit is about: an API, a group of APIs, or the app as a whole. */
export interface QuotaSubject {
  /** `namespace:name:version`, `@group` or `*`. */
  readonly api: string;
  /** Its name on the command line: the operation if there is one. */
  readonly name: string;
}

const shortName = (api: string): string => api.split(':')[1] ?? api;

/** Every operation with the API that serves it. */
function listOperations(sync: SyncConfig | null) {
  return Object.entries(chooseApis(sync?.apis ?? {})).map(([operation, api]) => ({ operation, api }));
}

/** Gives APIs the names of their operations. APIs that the project does not use keep their own. */
export function createNamer(sync: SyncConfig | null): (api: string) => string {
  const operations = listOperations(sync);
  return (api) => operations.find((row) => row.api === api)?.operation ?? shortName(api);
}

/** As it must be typed in a shell. */
export const typedName = (name: string): string => (name === '*' ? "'*'" : name);

/** At the start of a sentence. */
export const displayName = (name: string): string => (name === '*' ? 'All APIs together' : name);

function findApi(sync: SyncConfig | null, others: readonly string[], text: string): string | undefined {
  const operations = listOperations(sync);
  const known = [...operations.map(({ api }) => api), ...others];
  const byOperation = (operation: string | undefined) =>
    operations.find((row) => row.operation === operation)?.api;
  return (
    known.find((api) => api === text) ??
    byOperation(text) ??
    known.find((api) => shortName(api) === text) ??
    byOperation(guideNames[text]?.operation)
  );
}

/**
 * What `text` names: an operation, an API by its full name, by that of the console or of guides,
 * `@group`, or `*`. Ends with a usage error otherwise.
 */
export async function findSubject(open: OpenQuota, text: string, command: Command): Promise<QuotaSubject> {
  if (text === '*') return { api: '*', name: '*' };
  const limited = (await open.report.listLimits()).map(({ api }) => api);
  const held = (await open.quota.listHolds()).map(({ api }) => api);
  const groups = [...new Set(limited.filter((api) => api.startsWith('@')))];
  const api = findApi(open.sync, [...limited, ...held], text);
  if (api !== undefined) return { api, name: createNamer(open.sync)(api) };
  const known = [...listOperations(open.sync).map(({ operation }) => operation), ...groups, "'*'"];
  return command.error(`error: there is no API or group ${text}: give one of ${known.join(', ')}`);
}

/** As `findSubject`, of what can be held: a group can't. */
export async function findHoldable(open: OpenQuota, text: string, command: Command): Promise<QuotaSubject> {
  if (!text.startsWith('@')) return findSubject(open, text, command);
  return command.error(`error: a group like ${text} can't be held: hold or resume each of its APIs, or '*'`);
}
