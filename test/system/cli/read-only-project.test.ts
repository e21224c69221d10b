import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtProgram } from '../../support/built-program.ts';
import { createProject } from '../../support/in-process.ts';

const syncFile = 'account: personal\nfeeds:\n  - { name: bags, keywords: [bag] }\n';
const mount = 'mount --bind -o ro "$0" "$0"';

/** Runs a command where the folder is mounted read-only, which no right of root overrides, for this process alone. */
const runReadOnly = (folder: string, command: string, args: readonly string[] = []) =>
  spawnSync('unshare', ['--mount', 'sh', '-c', `${mount} && exec ${command}`, folder, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });

/** Mounting needs rights that a user, or root in a container, may lack. */
const canMount = runReadOnly(createProject(), 'true').status === 0;

describe.skipIf(!canMount)('a project folder on a read-only file system', async () => {
  const bin = await builtProgram();

  test.each([
    ['migrate', false],
    ['migrate', true],
    ['demo', false],
    ['demo', true],
  ])('ends %s with exit code 4 and what to do (state folder is there: %j)', (verb, hasState) => {
    const project = createProject({ 'catalog-sync.yaml': syncFile });
    if (hasState) mkdirSync(join(project, '.catalog-sync'));
    const command = '"$1" "$2" "$3" --project "$0"';
    const { status, stderr } = runReadOnly(project, command, [process.execPath, bin, verb]);
    expect(stderr).toContain(`PROJECT_NOT_WRITABLE: ${project}/.catalog-sync`);
    expect(stderr).toContain('EROFS: read-only file system');
    expect(status).toBe(4);
  });
});
