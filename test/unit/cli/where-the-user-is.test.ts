import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

async function run(cwd: string, args: readonly string[], command?: string) {
  const { context, stdout, stderr } = createWorld({ cwd, ...(command === undefined ? {} : { command }) });
  return { exitCode: await runCli(args, context), out: stdout.text, err: stderr.text };
}

describe('a command that is started where no project is', () => {
  test.each([
    ['sync', 4],
    ['serve', 4],
    ['plan', 4],
    ['permissions', 4],
    ['status', 1],
  ])('names --project: %s', async (verb, expected) => {
    const cwd = createProject();
    const { exitCode, err } = await run(cwd, [verb, '--quiet']);
    expect(exitCode).toBe(expected);
    expect(err).toContain(cwd);
    expect(err).toMatch(/project is in another folder, name it with --project|your project with --project/);
  });

  test('says it once', async () => {
    const { err } = await run(createProject(), ['sync']);
    expect(err.match(/--project/g)).toHaveLength(1);
  });
});

test.each(['catalog-sync.yaml', '.env.local', '.env'])('where %s is, a project is', async (file) => {
  const cwd = createProject({ [file]: '' });
  expect((await run(cwd, ['status'])).err).not.toContain('--project');
});

// Without encryption, no server on another machine is asked for anything.
describe('the pages name --project where no project is', () => {
  const env = { REDIS_URL: 'redis://:secret@redis.example' };
  const url = 'postgres://u:secret@db.example/none';

  test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, boolean]>([
    ['not even a database in the environment', {}, {}, true],
    ['a sync file', { 'catalog-sync.yaml': '' }, {}, false],
    ['a database in the environment', {}, { DATABASE_URL: url }, false],
  ])('with %s', async (_, files, more, isNamed) => {
    const { context, stderr } = createWorld({ cwd: createProject(files), env: { ...env, ...more } });
    expect(await runCli(['web'], context)).toBe(4);
    expect(stderr.text).toContain('CONNECTION_NOT_ENCRYPTED');
    expect(stderr.text.includes('name it with --project')).toBe(isNamed);
  });
});

describe('commands are printed as they can be typed', () => {
  const checkout = 'node bin/catalog-sync.js';

  test('in remedies', async () => {
    expect((await run(createProject(), ['status'], checkout)).err).toContain(
      'what to do: Run `node bin/catalog-sync.js sync`',
    );
  });

  test('in remedies about the project of another folder', async () => {
    const project = createProject();
    const { err } = await run(createProject(), ['status', '--project', project], checkout);
    expect(err).toContain(`\`node bin/catalog-sync.js --project ${project} sync\``);
  });

  test('in examples of the help', async () => {
    expect((await run(createProject(), ['sync', '--help'], checkout)).out).toMatch(
      /^ {2}\$ node bin\/catalog-sync\.js sync/m,
    );
  });
});
