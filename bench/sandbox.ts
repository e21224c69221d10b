import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { dayMs } from '../src/core/duration.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';

/*
 * How fast the sandbox answers searches, and what it holds in memory. Client and server share one thread, so the
 * figures are lower bounds for the server alone. Run with `npm run bench:sandbox -- --offers 1000000`.
 */

const callsPerRound = 1500;
const concurrency = 8;
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });

function fetchBytes(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve(bytes);
          else reject(new Error(`HTTP ${response.statusCode}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function callSearch(sandbox: Sandbox, param: object): Promise<number> {
  const path = `param2/1/com.alibaba.fenxiao.crossborder/product.search.keywordQuery/${sandbox.appKey}`;
  const fields = { access_token: sandbox.accessToken, offerQueryParam: JSON.stringify(param) };
  const pairs = Object.entries(fields).map(([key, value]) => key + value);
  const signature = createHmac('sha1', sandbox.appSecret)
    .update(path + pairs.sort().join(''))
    .digest('hex')
    .toUpperCase();
  const form = new URLSearchParams({ ...fields, _aop_signature: signature });
  return fetchBytes(`${sandbox.url}/${path}`, form.toString());
}

/** Full pages of 50 over branches, leaves and keywords, deep and shallow. */
function nthSearch(n: number): object {
  const windows = [
    { categoryId: 10_100 },
    { keyword: '纯棉' },
    { categoryId: 10_107 },
    { keyword: '批发 新款' },
  ];
  return {
    keyword: '',
    beginPage: 1 + (n % 20),
    pageSize: 50,
    country: 'en',
    ...windows[n % windows.length],
  };
}

/** Calls per second over one round. */
async function measureRound(sandbox: Sandbox): Promise<number> {
  const begin = performance.now();
  let next = 0;
  const work = async () => {
    while (next < callsPerRound) await callSearch(sandbox, nthSearch(next++));
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return callsPerRound / ((performance.now() - begin) / 1000);
}

async function measureMs(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function spread(values: readonly number[], digits = 0): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(digits);
  return `min ${at(0)}, median ${at(0.5)}, max ${at(1)}`;
}

async function readTruth(sandbox: Sandbox, query: string): Promise<number> {
  const response = await fetch(`${sandbox.controlUrl}/truth?${query}`);
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).byteLength;
  return bytes;
}

/** One search at a time, so that the figure is its own and no queue's. */
async function measureLatencies(sandbox: Sandbox): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let n = 0; n < callsPerRound; n++) {
    latencies.push(await measureMs(() => callSearch(sandbox, nthSearch(n))));
  }
  return latencies;
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
}

function residentMb(): string {
  return (process.memoryUsage().rss / 1_048_576).toFixed(0);
}

async function measureDays(sandbox: Sandbox, rounds: number) {
  const [rates, firsts, latencies]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    sandbox.advance(dayMs);
    for (let window = 0; window < 4; window++) {
      firsts.push(await measureMs(() => callSearch(sandbox, nthSearch(window))));
    }
    rates.push(await measureRound(sandbox));
    latencies.push(...(await measureLatencies(sandbox)));
  }
  return { rates, firsts, latencies };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { offers: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '7' } },
  });
  const [offers, rounds] = [Number(values.offers), Number(values.rounds)];
  const begin = performance.now();
  const sandbox = await createSandbox({ offers, categories: 600, startAt: new Date('2026-01-01') });
  const startMs = performance.now() - begin;
  const { rates, firsts, latencies } = await measureDays(sandbox, rounds);
  const afterSearches = residentMb();
  const truthMs = await measureMs(() => readTruth(sandbox, 'categories=10100'));
  const minMs = await measureMs(() => fetch(`${sandbox.controlUrl}/stats?calls=false&categories=0`));
  await sandbox.close();
  agent.destroy();
  process.stdout.write(
    [
      `machine: ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}, ${offers} offers, pages of 50`,
      `start, ms: ${startMs.toFixed(0)}`,
      `search calls/s, client and server on one thread (${rounds} rounds of ${callsPerRound}): ${spread(rates)}`,
      `one search, ms: p50 ${quantile(latencies, 0.5)}, p95 ${quantile(latencies, 0.95)}, p99 ${quantile(latencies, 0.99)}`,
      `first search of a window after a step of the world, ms: ${spread(firsts, 1)}`,
      `truth of one root category, ms: ${truthMs.toFixed(0)}`,
      `least calls of the whole tree, ms: ${minMs.toFixed(0)}`,
      `memory (RSS): ${afterSearches} MB after the searches, ${residentMb()} MB at the end`,
      '',
    ].join('\n'),
  );
}

await main();
