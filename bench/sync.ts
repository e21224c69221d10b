/*
 * One whole sync against a zero-latency sandbox: calls and offers a second end to end, memory over the run, and
 * where the CPU time goes.
 *
 *   npm run bench:sync                      20,000 offers, queues on Postgres
 *   npm run bench:sync -- --backend redis --offers 2000
 */
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import { readCpuSeconds, readParent } from './support/proc.ts';
import { shareByStage } from './support/profile.ts';
import { openStack } from './support/stack.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: { backend: { type: 'string', default: 'postgres' }, offers: { type: 'string', default: '20000' } },
});
const backend = flags.backend === 'redis' ? 'redis' : 'postgres';
const offers = Number(flags.offers);

const megabytes = (bytes: number): string => (bytes / 1048576).toFixed(0);

const stack = await openStack({ backend, offers, categories: 600, isDrifting: false });
try {
  const [row] = await stack.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const postmaster = readParent(row?.pid ?? 0);
  const memory: number[] = [];
  const sampler = setInterval(() => memory.push(process.memoryUsage.rss()), 1000);
  const inspector = new Session();
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.start');
  const before = {
    us: process.cpuUsage(),
    db: readCpuSeconds(postmaster),
    gateway: readCpuSeconds(stack.sandboxPid),
  };
  const startedMs = performance.now();
  const run = await stack.sync();
  const seconds = (performance.now() - startedMs) / 1000;
  clearInterval(sampler);
  const used = process.cpuUsage(before.us);
  const cpu = {
    us: (used.user + used.system) / 1e6,
    db: readCpuSeconds(postmaster) - before.db,
    gateway: readCpuSeconds(stack.sandboxPid) - before.gateway,
  };
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  const [counts] = await stack.query<{ offers: string; prices: string }>(
    'SELECT (SELECT count(*) FROM catalog.offer) AS offers, (SELECT count(*) FROM catalog.price) AS prices',
  );
  const found = Number(counts?.offers);
  say(
    `queues on ${backend}; run ${run.status}, ${run.callsUsed} calls, ${found} offers, ${String(counts?.prices)} prices`,
  );
  say(
    `${seconds.toFixed(1)} s, ${(run.callsUsed / seconds).toFixed(0)} calls/s, ${(found / seconds).toFixed(0)} offers/s`,
  );
  const quarters = [0.25, 0.5, 0.75, 1].map((share) =>
    megabytes(memory[Math.ceil(memory.length * share) - 1] ?? 0),
  );
  say(`memory of this process after each quarter of the run, MB: ${quarters.join(', ')}`);
  const total = cpu.us + cpu.db + cpu.gateway;
  const percent = (part: number): string => `${((100 * part) / total).toFixed(0)} %`;
  say(
    `CPU: ours ${percent(cpu.us)}, Postgres ${percent(cpu.db)}, sandbox ${percent(cpu.gateway)} of ${total.toFixed(1)} s`,
  );
  say('our own CPU by stage:');
  for (const [stage, share] of shareByStage(profile))
    say(`  ${stage.padEnd(12)} ${(100 * share).toFixed(1)} %`);
} finally {
  await stack.close();
}
