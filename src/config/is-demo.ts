import type { Config } from './environment.ts';
import { isDemoFolder } from './project-folder.ts';

/** Whether the project is a demo as `catalog-sync demo` makes it: without keys, which its sandbox has. */
export const isDemo = ({
  projectDir,
  ALIBABA_APP_KEY: key,
}: Pick<Config, 'projectDir' | 'ALIBABA_APP_KEY'>): boolean => key === undefined && isDemoFolder(projectDir);
