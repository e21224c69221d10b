import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProject } from '../../support/in-process.ts';
import { root } from '../../support/doc-files.ts';

/** Ends a process at the first connection that would leave this machine. */
const guard = `
import net from 'node:net';
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const options = [args].flat(2).find((arg) => typeof arg === 'object' && arg !== null) ?? {};
  if (!options.path && !/^(127\\.|localhost$|::1$)/.test(options.host ?? '')) process.exit(99);
  return connect.apply(this, args);
};`;

/** Runs a script with credentials for the real gateway at hand, and no way to it. */
function runGuarded(script: string[], env: Record<string, string> = {}) {
  const cwd = createProject({ '.env.local': 'ALIBABA_APP_KEY=87654321\nALIBABA_APP_SECRET=aB3dE5gH7j\n' });
  const imports = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), '--import', dataUrl(guard)];
  return new Promise<{ exitCode: unknown; out: string; err: string }>((resolve) => {
    const options = { cwd, env: { PATH: process.env['PATH'] ?? '', ...env } };
    execFile(process.execPath, [...imports, ...script], options, (error, out, err) =>
      resolve({ exitCode: error?.code ?? 0, out, err }),
    );
  });
}

const dataUrl = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
const runner = join(root, 'test/integration/contract/run-contract.ts');

describe('npm run test:contract', () => {
  test('without --live never leaves this machine, whatever credentials there are', async () => {
    const { exitCode, out } = await runGuarded([runner]);
    expect(out).toMatch(/^sandbox: \d+ calls, (\d+) of \1 assertions hold$/m);
    expect(exitCode).toBe(0);
  });

  test('with --live asks first, and makes no call when nobody is there', async () => {
    const { exitCode, err } = await runGuarded([runner, '--live']);
    expect(err).toContain('live was not asked: nobody agreed');
    expect(exitCode).toBe(1);
  });

  test.each(['CI', 'VITEST'])(
    'with --live makes no call where %s is set, not even with --yes',
    async (name) => {
      const { exitCode, err } = await runGuarded([runner, '--live', '--yes'], { [name]: 'true' });
      expect(err).toContain('no live call is made from tests or CI');
      expect(exitCode).toBe(1);
    },
  );

  test('is watched by a guard that does notice', async () => {
    const { exitCode } = await runGuarded(['--eval', "fetch('https://gw.example.invalid/')"]);
    expect(exitCode).toBe(99);
  });
});
