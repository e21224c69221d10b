import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

export const syncFileName = 'catalog-sync.yaml';

/** What each project has at least one of. The state folder alone is the database of one that reads its settings from elsewhere. */
const signs = [syncFileName, '.env.local', '.env', '.catalog-sync'] as const;

/** Where the demo of a project is, below its folder. */
export const demoPlace = join('.catalog-sync', 'demo');

/** Whether a folder is that of a demo. */
export const isDemoFolder = (folder: string): boolean => folder.endsWith(`${sep}${demoPlace}`);

/** Whether a folder has anything of a project. */
export function isProject(folder: string): boolean {
  return signs.some((name) => existsSync(join(folder, name)));
}

/** What to say of a command that was started in a folder without a project, as cron starts in one of its own. */
export function describeNoProject(folder: string): string {
  return `note: ${folder} has none of ${signs.join(', ')}. If your project is in another folder, name it with --project.`;
}
