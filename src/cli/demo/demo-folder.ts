import { join } from 'node:path';
import { demoPlace, isDemoFolder } from '../../config/project-folder.ts';

/**
 * Where the demo of a project is. That folder is a project, too, and its own demo: commands that name it, as those which
 * its doctor suggests, open the catalog that is there, and no other one below it.
 */
export function demoFolderOf(projectDir: string): string {
  return isDemoFolder(projectDir) ? projectDir : join(projectDir, demoPlace);
}
