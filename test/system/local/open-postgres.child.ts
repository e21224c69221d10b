/**
 * A process that uses the local Postgres of the folder in its argument: prints its url, and releases it when it
 * reads a line or gets SIGINT. After SIGINT it first writes a row, as a worker that drains does.
 */
import { once } from 'node:events';
import { createLogger } from '../../../src/core/log.ts';
import { openEmbeddedPostgres } from '../../../src/local/embedded-postgres.ts';
import { queryRow } from './project.ts';

const dataRoot = process.argv[2];
if (dataRoot === undefined) throw new Error('which folder?');
const interrupted = once(process, 'SIGINT').then(() => true);
const reported = once(process.stdin, 'data').then(() => false);
const log = createLogger({ level: 'info', pretty: false });
const postgres = await openEmbeddedPostgres({ dataRoot, log });
process.stdout.write(`${postgres.url}\n`);
if (await Promise.race([interrupted, reported])) {
  await queryRow(postgres.url, 'create table drained as select 1 as one');
}
await postgres.release();
process.stdin.destroy();
