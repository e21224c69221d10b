#!/usr/bin/env node
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const oldest = [20, 19];
const root = new URL('..', import.meta.url);

/** When a file of `folder` or below, or the folder itself (files that went), was changed last. */
function changedMs(folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const paths = entries.map((entry) => `${entry.parentPath}/${entry.name}`);
  return Math.max(...[folder, ...paths].map((path) => statSync(path).mtimeMs));
}

/** The built program, where it is at least as new as the sources beside it; otherwise these. */
function chooseProgram() {
  const built = new URL('dist/cli/main.js', root);
  const sources = new URL('src', root);
  if (!existsSync(sources)) return { isBuilt: true, url: built };
  const isBuilt = existsSync(built) && statSync(built).mtimeMs >= changedMs(fileURLToPath(sources));
  return { isBuilt, url: isBuilt ? built : new URL('src/cli/main.ts', root) };
}

async function readTypeScript() {
  try {
    const { register } = await import('tsx/esm/api');
    register({ tsconfig: fileURLToPath(new URL('tsconfig.json', root)) });
    return true;
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return false;
  }
}

/** Runs the built program, or in a checkout that was changed since, or never built, its sources. */
async function start() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    console.error(
      `catalog-sync needs Node ${oldest.join('.')} or newer; this is Node ${process.versions.node}.`,
    );
    process.exitCode = 4;
    return;
  }
  if (process.argv.length === 3 && process.argv[2] === '--version') {
    console.log(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version);
    return;
  }
  const { isBuilt, url } = chooseProgram();
  if (!isBuilt && !(await readTypeScript())) {
    console.error(
      'catalog-sync: dist is missing or older than src, and tsx is not installed to run src. Run `npm ci && npm run build`.',
    );
    process.exitCode = 4;
    return;
  }
  const { main } = await import(url.href);
  await main();
}

await start();
