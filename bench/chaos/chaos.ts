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
import { reportChaos } from './report-chaos.ts';
import { runChaos, type ChaosOptions } from './run-chaos.ts';
import { createTicker } from './ticker.ts';
import { say } from '../support/say.ts';

const usage = `npm run chaos -- [flags]
  --seconds N    how long to disturb (default 60)
  --seed N       the same seed gives the same disturbances (default: of the clock)
  --workers N    processes at once, one of which runs sync (default 3)
  --backend X    redis or postgres: where the queues are (default postgres)
  --offers N     size of the made-up catalog (default 20 for each second, from 500 to 20,000)
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
    plant: { type: 'string' },
    prove: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function readCount(name: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
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

async function main(options: ChaosOptions): Promise<void> {
  if (flags.prove) {
    process.exitCode = (await provePlants(options, { closing, say, ticker })) ? 0 : 1;
    return;
  }
  const result = await runChaos(options, closing);
  ticker.done();
  say(reportChaos(options, result));
  process.exitCode = result.breaches.length === 0 ? 0 : 1;
}

if (flags.help) say(usage);
else {
  const options = readOptions();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      void closing.close(options.log).then(() => process.exit(code));
    });
  }
  try {
    await main(options);
  } finally {
    ticker.done();
    await closing.close(options.log);
  }
}
