import { join, sep } from 'node:path';

const place = join('.catalog-sync', 'demo');

/**
 * Where the demo of a project is. That folder is a project, too, and its own demo: commands that name it, as those which
 * its doctor suggests, open the catalog that is there, and no other one below it.
 */
export function demoFolderOf(projectDir: string): string {
  return projectDir.endsWith(`${sep}${place}`) ? projectDir : join(projectDir, place);
}
