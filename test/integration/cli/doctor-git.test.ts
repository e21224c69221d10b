import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError, coreErrors } from '../../../src/core/errors.ts';
import { runDoctor } from '../../../src/health/doctor/run-doctor.ts';
import { checkGitIgnore } from '../../../src/health/doctor/check-git-ignore.ts';
import { createProject } from '../../support/in-process.ts';

describe('git', () => {
  const repository = (files: Record<string, string>) => {
    const dir = createProject(files);
    execFileSync('git', ['init', '--quiet'], { cwd: dir });
    return dir;
  };

  test('that ignores env files is fine', async () => {
    const checks = await checkGitIgnore(repository({ '.gitignore': '.env*\n!.env.example\n', '.env': '' }));
    expect(checks).toMatchObject([{ status: 'ok', message: 'git ignores .env.local and .env' }]);
  });

  test('that would take an env file along is a warning', async () => {
    expect(await checkGitIgnore(repository({ '.gitignore': '.env\n', '.env': '' }))).toMatchObject([
      { status: 'warn', message: '.env.local is not ignored by git' },
    ]);
  });

  test('that has an env file is a failure, also when it is ignored by now', async () => {
    const dir = repository({ '.env.local': 'A=1' });
    execFileSync('git', ['add', '.env.local'], { cwd: dir });
    writeFileSync(join(dir, '.gitignore'), '.env*');
    expect(await checkGitIgnore(dir)).toMatchObject([
      { status: 'fail', message: '.env.local is committed', exitCode: 4 },
    ]);
  });

  test('without a repository is not checked', async () => {
    expect(await checkGitIgnore(createProject())).toMatchObject([{ status: 'skip' }]);
  });
});

describe('the verdict', () => {
  test('is given also when the settings cannot be read, and services are then left alone', async () => {
    const projectDir = createProject({ '.env.local': 'LOG_LEVEL=hunter2' });
    const checkServices = () => Promise.reject(new AppError(coreErrors.INTERNAL, 'was called'));
    const checks = await runDoctor({ projectDir, env: {}, checkServices });
    expect(checks.find((check) => check.name === 'settings')).toMatchObject({ status: 'fail', exitCode: 4 });
    expect(JSON.stringify(checks)).not.toContain('hunter2');
  });
});
