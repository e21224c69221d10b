import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findTool } from '../../support/find-tool.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tools-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, mode: number) => {
  writeFileSync(join(folder, name), '');
  chmodSync(join(folder, name), mode);
};

test('a program is found by any of its names, where it may be run', () => {
  put('google-chrome', 0o755);
  put('chromium', 0o644);
  const env = { PATH: `/nowhere:${folder}` };
  // To root every file seems to be there to run; access(2) asks for one x at least.
  expect(findTool(['chromium', 'google-chrome'], env)).toBe(join(folder, 'google-chrome'));
});

test.each(['redis-server', 'chromium', 'promtool', 'prometheus', 'amtool'])(
  'without %s tests are skipped, and in CI they fail',
  (name) => {
    expect(findTool([name], { PATH: folder })).toBeNull();
    expect(() => findTool([name], { PATH: folder, CI: 'true' })).toThrow(`there is no ${name} on PATH`);
  },
);

test('a program of the system may be missing in CI, too', () => {
  expect(findTool(['systemd-analyze'], { PATH: folder, CI: 'true' })).toBeNull();
});
