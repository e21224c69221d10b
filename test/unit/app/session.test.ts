import fs from 'node:fs';
import { Command } from 'commander';
import { expect, it, vi } from 'vitest';
import { openSession, type SessionOptions } from '../../../src/app/session.ts';
import { createProject, createWorld, type WorldOptions } from '../../support/in-process.ts';

function open(
  flags: Readonly<Record<string, unknown>>,
  options: SessionOptions = { logs: 'command' },
  world: WorldOptions = {},
) {
  const project = createProject();
  const { context, stdout, stderr } = createWorld({ cwd: project, ...world });
  const command = new Command().setOptionValue('project', project);
  for (const [flag, value] of Object.entries(flags)) command.setOptionValue(flag, value);
  return { session: openSession(command, context, options), stdout, stderr };
}

const service: SessionOptions = { logs: 'service' };

it.each([
  ['a command', {}, { logs: 'command' } as const, 'warn'],
  ['a quiet command', { quiet: true }, { logs: 'command' } as const, 'error'],
  ['a service', {}, service, 'debug'],
  ['a quiet service', { quiet: true }, service, 'error'],
  ['a service that is given a level', { logLevel: 'fatal' }, service, 'fatal'],
])('the log of %s', (_, flags, options, level) => {
  const { session, stderr } = open(flags, options, { env: { LOG_LEVEL: 'debug' } });
  for (const at of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) session.log[at]('hello');
  const [first] = stderr.text.split('\n');
  expect(JSON.parse(first ?? '')).toMatchObject({ level, msg: 'hello' });
});

it('the log at a terminal is lines for people, of which stderr as data has none', () => {
  const lines: string[] = [];
  const write = vi.spyOn(fs, 'writeSync').mockImplementation((fd: number, line: unknown) => {
    lines.push(`${String(fd)} ${String(line)}`);
    return String(line).length;
  });
  try {
    const { session, stderr } = open({}, undefined, { typed: '' });
    session.log.warn({ rows: 5 }, 'hello');
    expect(stderr.text).toBe('');
    expect(lines).toEqual([expect.stringMatching(/^2 [^{]*WARN[^{]* hello/)]);
  } finally {
    write.mockRestore();
  }
});

it('commands in what people read begin as they start the program; data keep their words', () => {
  const world = { command: 'npx catalog-sync' };
  const people = open({}, service, world);
  people.session.print('see `catalog-sync plan`');
  people.session.talk('try `catalog-sync sync`');
  expect(people.session.isJson).toBe(false);
  expect(people.stdout.text).toBe('see `npx catalog-sync plan`\n');
  expect(people.stderr.text).toBe('try `npx catalog-sync sync`\n');
  const data = open({ json: true }, service, world);
  data.session.print('{"next":"`catalog-sync plan`"}');
  expect(data.session.isJson).toBe(true);
  expect(data.stdout.text).toBe('{"next":"`catalog-sync plan`"}\n');
});

it('a quiet command prints data, and neither talks nor shows progress', () => {
  const state = {
    label: 'details',
    callsUsed: 1,
    budgetCalls: null,
    offers: 1,
    ratePerSecond: 1,
    secondsLeft: 1,
  };
  const written = (flags: Readonly<Record<string, unknown>>) => {
    const { session, stdout, stderr } = open(flags);
    session.print('data');
    session.talk('talk');
    const talked = stderr.text;
    const progress = session.createProgress();
    progress.update(state);
    progress.done();
    return { isQuiet: session.isQuiet, data: stdout.text, talked, hasProgress: stderr.text !== talked };
  };
  expect(written({})).toEqual({ isQuiet: false, data: 'data\n', talked: 'talk\n', hasProgress: true });
  expect(written({ quiet: true })).toEqual({ isQuiet: true, data: 'data\n', talked: '', hasProgress: false });
});

it('settings are of the environment and of env files, unless a verb ignores both', () => {
  const project = createProject({ '.env': 'WEB_HOST=0.0.0.0' });
  const world = { env: { PORT: '4711' } };
  const { config } = open({ project }, { logs: 'command' }, world).session;
  expect(config).toMatchObject({ PORT: 4711, WEB_HOST: '0.0.0.0' });
  const ignoring = open({ project }, { logs: 'command', ignoresEnvironment: true }, world).session.config;
  expect(ignoring).toMatchObject({ PORT: 3000, WEB_HOST: '127.0.0.1', envFiles: [] });
});
