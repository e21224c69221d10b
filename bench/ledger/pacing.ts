import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as forward, Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import { startSandbox, type ChaosSandbox } from '../chaos/start-sandbox.ts';
import { percentile, table } from '../support/numbers.ts';
import type { CallerOptions } from './caller.child.ts';
import { api, type LedgerSite } from './site.ts';

const forMs = 30_000;
const processes = 3;
const jitterMs = 200;
const cases = [
  { appKey: '1000000', perSecond: 20 },
  { appKey: '1000001', perSecond: 4 },
] as const;

/** Passes requests on after 0 to 200 ms each, so that they bunch as on a network. */
async function startJitter(target: string, closing: CloseStack): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming;
    setTimeout(() => {
      const onward = forward(new URL(url, target), { method, headers, agent }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.once('error', () => outgoing.destroy());
      incoming.pipe(onward);
    }, Math.random() * jitterMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.add('jitter', () => {
    server.close();
    server.closeAllConnections();
    agent.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function runCaller(options: CallerOptions): Promise<void> {
  const program = new URL('./caller.child.ts', import.meta.url);
  const child = fork(program, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`a caller ended with ${String(code)}`);
}

/** Most arrivals in any stretch of a second. */
function busiestSecond(arrivals: readonly number[]): number {
  const times = arrivals.toSorted((a, b) => a - b);
  return Math.max(...times.map((from, n) => times.slice(n).filter((at) => at < from + 1000).length));
}

interface Paced {
  readonly arrivals: readonly number[];
  readonly tooFast: number;
}

async function runCase(
  site: LedgerSite,
  closing: CloseStack,
  { appKey, perSecond }: (typeof cases)[number],
): Promise<Paced> {
  await site.quota.applyPresets({ appKey, account: 'business', apis: [api], callsPerSecond: perSecond });
  const sandbox: ChaosSandbox = await startSandbox({ appKey, quotas: { appPerSecond: perSecond } });
  closing.add('sandbox', () => sandbox.stop());
  const baseUrl = `${await startJitter(new URL(sandbox.url).origin, closing)}${new URL(sandbox.url).pathname}`;
  await Promise.all(
    Array.from({ length: processes }, (_, n) =>
      runCaller({ databaseUrl: site.postgres.url, baseUrl, appKey, firstOfferId: n * 1_000_000, forMs }),
    ),
  );
  const arrivals = await sandbox.listArrivals();
  return {
    arrivals: arrivals.map(({ at }) => at),
    tooFast: arrivals.filter(({ outcome }) => outcome.startsWith('gw.Qos')).length,
  };
}

/** Answers that calls come too fast, with the sandbox at the same limit as the ledger; both cases at once. */
export async function reportPacing(site: LedgerSite, closing: CloseStack): Promise<string> {
  await site.reset();
  const paced = await Promise.all(cases.map((one) => runCase(site, closing, one)));
  const rows = paced.map(({ arrivals, tooFast }, n) => {
    const seconds = (percentile(arrivals, 1) - percentile(arrivals, 0)) / 1000;
    const pace = (arrivals.length / seconds).toFixed(1);
    return [
      `${cases[n]?.perSecond ?? 0}/s`,
      ...[arrivals.length, tooFast, busiestSecond(arrivals)].map(String),
      pace,
    ];
  });
  return table(['limit', 'calls', 'too fast', 'busiest second', 'calls/s'], rows);
}
