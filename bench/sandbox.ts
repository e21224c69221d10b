import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';

/*
 * How fast the sandbox answers searches with 20,000 offers. Client and server share one thread, so the figure is
 * a lower bound for the server alone. Run with `npm run bench:sandbox`.
 */

const callsPerRound = 1500;
const rounds = 7;
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

async function readTruth(sandbox: Sandbox): Promise<number> {
  const response = await fetch(`${sandbox.controlUrl}/truth?all=true`);
  return (await response.arrayBuffer()).byteLength;
}

async function main(): Promise<void> {
  const sandbox = await createSandbox({ offers: 20_000, categories: 600, startAt: new Date('2026-01-01') });
  const rates: number[] = [];
  const firsts: number[] = [];
  const truths: number[] = [];
  for (let round = 0; round < rounds; round++) {
    sandbox.advance(86_400_000);
    firsts.push(await measureMs(() => callSearch(sandbox, nthSearch(0))));
    rates.push(await measureRound(sandbox));
    truths.push(await measureMs(() => readTruth(sandbox)));
  }
  await sandbox.close();
  agent.destroy();
  const rssMb = process.memoryUsage().rss / 1_048_576;
  process.stdout.write(
    [
      `machine: ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}, 20,000 offers, pages of 50`,
      `search calls/s, client and server on one thread (${rounds} rounds of ${callsPerRound}): ${spread(rates)}`,
      `first search after a step of the world, ms: ${spread(firsts)}`,
      `truth of the whole world, ms: ${spread(truths)}`,
      `memory at the end (RSS): ${rssMb.toFixed(0)} MB`,
      '',
    ].join('\n'),
  );
}

await main();
