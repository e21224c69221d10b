// `node pin-images.js FILE`: writes the images that docker-compose.yml names by tag (NODE_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE) into
// FILE by digest, as an env file for Docker Compose, and NODE_IMAGE into the output `node` of a GitHub step. Asks the registry.
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

const [file = 'images.env'] = process.argv.slice(2);
const compose = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8');
const tags = new Map(
  [...compose.matchAll(/\$\{(\w+_IMAGE):-([^}]+)\}/g)].map(([, name, tag]) => [name, tag]),
);

const lines = [...tags].map(([name, tag]) => {
  const words = ['buildx', 'imagetools', 'inspect', tag, '--format', '{{json .Manifest.Digest}}'];
  const digest = JSON.parse(execFileSync('docker', words, { encoding: 'utf8' }));
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${tag} has no digest: ${digest}`);
  return `${name}=${tag}@${digest}`;
});
writeFileSync(file, `${lines.join('\n')}\n`);
const { GITHUB_OUTPUT: output } = process.env;
if (output) appendFileSync(output, `node=${lines.find((line) => line.startsWith('NODE_IMAGE='))}\n`);
