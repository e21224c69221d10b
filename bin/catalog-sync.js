#!/usr/bin/env node
import { existsSync } from 'node:fs';

const oldest = [20, 19];

/** Runs the built program, or in a checkout that was not built its sources. */
async function start() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    console.error(
      `catalog-sync needs Node ${oldest.join('.')} or newer; this is Node ${process.versions.node}.`,
    );
    process.exitCode = 4;
    return;
  }
  const root = new URL('..', import.meta.url);
  const built = new URL('dist/cli/main.js', root);
  if (existsSync(built)) {
    const { main } = await import(built.href);
    await main();
    return;
  }
  const { register } = await import('tsx/esm/api');
  const { fileURLToPath } = await import('node:url');
  register({ tsconfig: fileURLToPath(new URL('tsconfig.json', root)) });
  const { main } = await import(new URL('src/cli/main.ts', root).href);
  await main();
}

await start();
