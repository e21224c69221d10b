// `npm run screenshots`: runs the demo for some made-up days, looks at its ops pages in Chromium, and writes the pictures
// that README.md and docs/web.md show into docs/images.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findChromium, launchChromium } from '../test/support/chromium.ts';

const root = join(import.meta.dirname, '..');
const program = join(root, 'bin/catalog-sync.js');
const images = join(root, 'docs/images');
/** Enough for prices to move, and for a chart to show it. */
const days = 5;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly scheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

const desk = { width: 1200, height: 820, scheme: 'light' } as const;
const phone = { width: 390, height: 780, scheme: 'dark' } as const;

/** The offer whose list prices moved most often. */
function findOffer(project: string): string {
  const query = `SELECT offer_id FROM catalog.price_history WHERE kind = 'list' AND sku_id = 0
    GROUP BY offer_id ORDER BY count(DISTINCT valid_to) DESC, offer_id LIMIT 1`;
  const folder = join(project, '.catalog-sync/demo');
  const out = execFileSync(process.execPath, [program, 'sql', '--json', '--project', folder, query], {
    encoding: 'utf8',
  });
  return /\d{6,}/.exec(out)?.[0] ?? '';
}

async function startKept(project: string) {
  const child = spawn(process.execPath, [program, 'demo', '--keep', '--project', project], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: child.stderr })) {
    const [, url] = /pages: +(\S+)/.exec(line) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the demo ended before it served its pages');
}

async function takeShots(executable: string, url: string, shots: readonly Shot[]): Promise<void> {
  const browser = await launchChromium(executable);
  for (const { name, path, scheme, width, height } of shots) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(new URL(path, url).href, { waitUntil: 'networkidle' });
    await page.screenshot({ path: join(images, `${name}.png`) });
    await context.close();
  }
  await browser.close();
}

const executable = findChromium();
if (executable === null) throw new Error('there is no chromium on PATH');
const project = mkdtempSync(join(tmpdir(), 'catalog-sync-shots-'));
// Root's Postgres runs as another user: where it can't enter, its data would be left outside the folder.
chmodSync(project, 0o755);
mkdirSync(images, { recursive: true });
try {
  for (let day = 1; day < days; day += 1)
    execFileSync(process.execPath, [program, 'demo', '--quiet', '--project', project], { stdio: 'ignore' });
  const { child, url } = await startKept(project);
  const ended = once(child, 'exit');
  try {
    const offer = `/products/${findOffer(project)}`;
    await takeShots(executable, url, [
      { name: 'overview', path: '/', ...desk },
      { name: 'run', path: `/runs/${String(days)}`, ...desk },
      { name: 'offer', path: offer, ...desk },
      { name: 'overview-phone', path: '/', ...phone },
      { name: 'offer-phone', path: offer, ...phone },
    ]);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}
