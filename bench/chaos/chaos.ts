/*
 * Kills, stalls, cuts and restarts everything while several processes sync a made-up 1688, then holds the ledger
 * against the sandbox's own log: no window over its limit, nothing paid twice, nothing lost.
 *
 *   npm run chaos -- --seconds 60 --seed 7 --workers 3 --backend redis
 *   npm run chaos -- --prove
 *
 * Exits 1 at a breach, and keeps what speaks of it.
 */
import { parseArgs } from 'node:util';
import { CloseStack } from '../../src/core/lifecycle.ts';
import { createLogger } from '../../src/core/log.ts';
import { describePlants, findPlant } from './find-plant.ts';
import { provePlants } from './prove-plants.ts';
import { listRare, reportChaos } from './report-chaos.ts';
import { runChaos, type ChaosOptions } from './run-chaos.ts';
import { createTicker } from './ticker.ts';
import { say } from '../support/say.ts';

const usage = `npm run chaos -- [flags]
  --seconds N    how long to disturb (default 60)
  --seed N       the same seed gives the same disturbances (default: of the clock)
  --workers N    processes at once, one of which runs sync (default 3)
  --backend X    redis or postgres: where the queues are (default postgres)
  --offers N     size of the made-up catalog (default 20 for each second, from 500 to 20,000)
  --strikes N    exit 1, too, if one of the disturbances struck fewer times (default 0)
  --plant NAME   plant a bug, to see it caught
  --prove        plant each of the bugs in turn, and expect a breach from every one
bugs:
${describePlants()}`;

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    workers: { type: 'string', default: '3' },
    backend: { type: 'string', default: 'postgres' },
    offers: { type: 'string' },
    strikes: { type: 'string', default: '0' },
    plant: { type: 'string' },
    prove: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function readCount(name: string, text: string): number {
  if (/^\d{1,7}$/.test(text) && (Number(text) > 0 || name === 'strikes')) return Number(text);
  throw new RangeError(`--${name} must be a whole number from 1 up, not ${text}`);
}

const ticker = createTicker(process.stderr);

function readOptions(): ChaosOptions {
  const plant = flags.plant === undefined ? null : findPlant(flags.plant);
  const seconds = Math.max(readCount('seconds', flags.seconds), plant?.minSeconds ?? 0);
  return {
    seconds,
    seed: Number(flags.seed),
    workers: readCount('workers', flags.workers),
    backend: flags.backend === 'redis' ? 'redis' : 'postgres',
    offers:
      flags.offers === undefined
        ? Math.min(20_000, Math.max(500, seconds * 20))
        : readCount('offers', flags.offers),
    plant,
    log: createLogger({ level: 'error', pretty: false }),
    onProgress: (line) => ticker.show(line),
  };
}

const closing = new CloseStack();
/** Aborts at a signal: what is closed from then on fails its users. */
const ending = new AbortController();

async function main(options: ChaosOptions): Promise<void> {
  if (flags.prove) {
    process.exitCode = (await provePlants(options, { closing, say, ticker })) ? 0 : 1;
    return;
  }
  const result = await runChaos(options, closing);
  ticker.done();
  say(reportChaos(options, result));
  const rare = listRare(result, readCount('strikes', flags.strikes));
  if (rare.length > 0) say(`struck fewer than ${flags.strikes} times: ${rare.join(', ')}`);
  process.exitCode = result.breaches.length + rare.length === 0 ? 0 : 1;
}

if (flags.help) say(usage);
else {
  const options = readOptions();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      ending.abort();
      void closing.close(options.log).then(() => process.exit(code));
    });
  }
  try {
    await main(options);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    ticker.done();
    if (!ending.signal.aborted) await closing.close(options.log);
  }
}
