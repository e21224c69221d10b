import { countOf } from '../../core/count-of.ts';
import { readSyncConfig } from '../../config/read-sync-config.ts';
import { syncFileName } from '../../config/project-folder.ts';
import { chooseApis } from '../../extract/endpoints/endpoints.ts';
import { apiOperations, type ApiChoices } from '../../model/known-apis.ts';
import { failed, ok, type Check } from './check.ts';

/** The effect of `apis` of the sync file; nothing for the default APIs. */
function describeChoices(apis: ApiChoices): string {
  const chosen = chooseApis(apis);
  return apiOperations
    .filter((operation) => apis[operation] !== undefined)
    .map((operation) => `, ${operation} by ${chosen[operation]}`)
    .join('');
}

/** Whether the sync file can be used, with the lines that can't. */
export function checkSyncFile(projectDir: string): Check {
  const name = 'sync file';
  try {
    const { account, feeds, schedules, apis } = readSyncConfig(projectDir);
    const names = feeds.map((feed) => feed.name).join(', ');
    return ok(
      name,
      `${syncFileName}: ${account} account, feeds ${names}, ${countOf(schedules.length, 'schedule')}${describeChoices(apis)}`,
    );
  } catch (error) {
    return failed(name, error);
  }
}
