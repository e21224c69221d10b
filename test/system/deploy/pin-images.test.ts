import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../support/compose-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pin-images-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digest = `sha256:${'0f'.repeat(32)}`;

/** Runs the script with a `docker` that answers every question for a digest alike. */
function pin(answer: string) {
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(join(folder, 'docker'), 0o755);
  const output = join(folder, 'output');
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts/pin-images.js'), 'images.env'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, GITHUB_OUTPUT: output },
    },
  );
  const read = (name: string) => (status === 0 ? readFileSync(join(folder, name), 'utf8') : '');
  return { status, stderr, env: read('images.env'), output: read('output') };
}

describe('scripts/pin-images.js', () => {
  test('names every base image by its tag and digest, and Node for the build', () => {
    const { env, output } = pin(JSON.stringify(digest));
    expect(env.split('\n')).toEqual([
      `NODE_IMAGE=node:24-bookworm-slim@${digest}`,
      `POSTGRES_IMAGE=postgres:18-alpine@${digest}`,
      `REDIS_IMAGE=redis:8-alpine@${digest}`,
      '',
    ]);
    expect(output).toBe(`node=NODE_IMAGE=node:24-bookworm-slim@${digest}\n`);
  });

  test('fails when a registry gives no digest', () => {
    expect(pin('null')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('has no digest') as string,
    });
  });
});
