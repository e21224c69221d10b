import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { misconfigured, ok, skip, warn, type Check } from './check.ts';

const name = 'git';

/** Git's exit code, or null when it could not be run. */
function gitExitCode(cwd: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    execFile('git', args, { cwd, timeout: 5000 }, (error) => {
      const code = error === null ? 0 : error.code;
      resolve(typeof code === 'number' ? code : null);
    });
  });
}

async function checkFile(projectDir: string, file: string): Promise<Check | null> {
  if ((await gitExitCode(projectDir, ['ls-files', '--error-unmatch', file])) === 0) {
    const advice = `Run \`git rm --cached ${file}\` and reset the App Secret in the console: it is in the history.`;
    return misconfigured(name, `${file} is committed`, advice);
  }
  if ((await gitExitCode(projectDir, ['check-ignore', '--quiet', file])) === 0) return null;
  return warn(
    name,
    `${file} is not ignored by git`,
    'Add the lines `.env*` and `!.env.example` to .gitignore.',
  );
}

/** Whether git would commit credentials. */
export async function checkGitIgnore(projectDir: string): Promise<Check[]> {
  const inside = await gitExitCode(projectDir, ['rev-parse', '--is-inside-work-tree']);
  if (inside !== 0) return [skip(name, inside === null ? 'git could not be run' : 'not a git repository')];
  const files = ['.env.local', '.env'].filter(
    (file, index) => index === 0 || existsSync(join(projectDir, file)),
  );
  const found = await Promise.all(files.map((file) => checkFile(projectDir, file)));
  const problems = found.filter((check) => check !== null);
  return problems.length > 0 ? problems : [ok(name, `git ignores ${files.join(' and ')}`)];
}
