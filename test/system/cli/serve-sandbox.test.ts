import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtProgram } from '../../support/built-program.ts';
import { until } from '../../support/until.ts';
import { checkedOut, childrenOf, createDemoProject, isAlive, type DemoProject } from './demo-project.ts';

/** Keys and databases that would be used if any setting were read. */
const configured = {
  ALIBABA_APP_KEY: '87654321',
  ALIBABA_APP_SECRET: 'aB3dE5gH7j',
  DATABASE_URL: 'postgres://127.0.0.1:1/x',
  REDIS_URL: 'redis://127.0.0.1:1',
};

let project: DemoProject;
beforeAll(async () => {
  project = createDemoProject(await builtProgram());
});
afterEach(() => project.endAll());
afterAll(() => project.remove());

const textOf = async (url: string) => (await fetch(url)).text();

describe('serve --sandbox', { timeout: 300_000 }, () => {
  test('serves the invented catalog from its own database, whatever is configured', async () => {
    writeFileSync(join(project.folder, '.env.local'), 'TOKEN_KEY=zz\n');
    writeFileSync(join(project.folder, 'catalog-sync.yaml'), 'nonsense: [');
    const served = project.start(['--sandbox'], { env: configured, verb: 'serve', program: checkedOut });
    await until(() => served.output.err.includes('pages: '), {
      timeoutMs: 120_000,
      what: 'the pages are served',
    });
    const pages = /pages: +(\S+)/.exec(served.output.err)?.[1] ?? '';
    expect(served.output.err).toContain('SANDBOX: using mock data');
    const children = childrenOf(served.child.pid);
    // Useful at once: the banner, and the run that is under way or over.
    expect(await textOf(pages)).toContain('<strong>SANDBOX</strong> using mock data');
    expect(await textOf(`${pages}runs`)).toContain('demo day 1');
    await until(async () => /href="\/products\/\d+"/.test(await textOf(`${pages}products`)), {
      timeoutMs: 120_000,
      what: 'the first products are there',
    });
    await until(async () => (await textOf(`${pages}runs`)).includes('badge good">succeeded<'), {
      timeoutMs: 120_000,
      what: 'the first run ends',
    });
    expect(await textOf(`${pages}api-status`)).not.toContain('LIVE');
    served.child.kill('SIGINT');
    expect(await served.ended, served.output.err).toBe(0);
    await until(() => !children.some(isAlive) && !project.isServerRunning());
  });

  test('stopped before its run was over, the next one takes up the day', async () => {
    const served = project.start(['--sandbox', '--port', '0'], { verb: 'serve' });
    await until(() => served.output.err.includes('pages: '), { timeoutMs: 120_000 });
    served.child.kill('SIGINT');
    expect(await served.ended, served.output.err).toBe(0);
    const demo = project.start(['--json']);
    expect(await demo.ended, demo.output.err).toBe(0);
    expect(JSON.parse(demo.output.out)).toMatchObject({ day: 2, run: { status: 'succeeded' } });
  });
});

test('serve without keys exits 4, and leads on', async () => {
  writeFileSync(join(project.folder, '.env.local'), '');
  const started = project.start([], { verb: 'serve' });
  expect(await started.ended).toBe(4);
  const { err } = started.output;
  expect(err).toMatch(/^error CREDENTIALS_MISSING: /);
  for (const named of ['serve --sandbox`', 'init`', 'docs/go-live.md']) expect(err).toContain(named);
});
