import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../support/compose-file.ts';

let folder: string;
const env = {
  PATH: process.env['PATH'] ?? '',
  ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b.example', GIT_COMMITTER_NAME: 'a' },
  ...{ GIT_COMMITTER_EMAIL: 'a@b.example', GIT_CONFIG_GLOBAL: '/dev/null' },
};
const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder, env });
const commit = (subject: string) => git('commit', '-q', '--allow-empty', '-m', subject);

function check(base: string) {
  const script = join(root, 'scripts/check-commits.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, base], {
    ...{ cwd: folder, env, encoding: 'utf8' },
  });
  return { status, stdout: stdout.trim(), stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commits-'));
  git('init', '-q');
  commit(`feat: ${'x'.repeat(100)}`);
  git('tag', 'base');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a subject of 72 characters passes, one of 73 and one without a type are named, older ones are left alone', () => {
  commit(`fix(load)!: ${'x'.repeat(60)}`);
  expect(check('base')).toEqual({
    status: 0,
    stdout: '1 of 1 commit subjects are as they should be',
    stderr: '',
  });
  commit(`fix(load)!: ${'y'.repeat(61)}`);
  commit('Mend the load stage');
  const { status, stdout, stderr } = check('base');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '1 of 3 commit subjects are as they should be' });
  expect(stderr).toContain('y\n  73 characters, 72 are allowed');
  expect(stderr).toContain('Mend the load stage\n  not of the form');
});

test('without a base it says how it is used', () => {
  expect(check('')).toMatchObject({ status: 2 });
});
