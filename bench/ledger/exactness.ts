import { sleep, systemClock } from '../../src/core/clock.ts';
import { hourMs } from '../../src/core/duration.ts';
import { until } from '../../test/support/until.ts';
import { table } from '../support/numbers.ts';
import type { Contender } from './contenders.ts';
import { newRequest, type LedgerSite } from './site.ts';

/** Asks so often, `atOnce` at a time; gives how often it was granted. */
async function ask(contender: Contender, times: number, atOnce = 1): Promise<number> {
  let granted = 0;
  let left = times;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      if (await contender.take()) granted += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return granted;
}

async function rush(contender: Contender): Promise<number> {
  await contender.limit({ apiDay: 100 });
  return ask(contender, 400, 32);
}

const noon = Date.parse('2026-11-25T12:00:00+08:00');

/** One call at noon, then as many as possible in the morning and in the evening of the next day. */
async function ledgerNextDay(contender: Contender, site: LedgerSite): Promise<number> {
  await contender.limit({ apiDay: 100 });
  await site.setTime(noon);
  await ask(contender, 1);
  await site.setTime(noon + 18 * hourMs);
  const morning = await ask(contender, 200);
  await site.setTime(noon + 30 * hourMs);
  return morning + (await ask(contender, 200));
}

const shortDayMs = 4_000;

/** The same on days of four seconds, in real time: the library has no other clock. */
async function libraryNextDay(contender: Contender): Promise<number> {
  await contender.limit({ apiDay: 100 }, shortDayMs);
  const now = () => systemClock.now().getTime();
  const nextDay = (Math.floor(now() / shortDayMs) + 2) * shortDayMs;
  await sleep(nextDay - shortDayMs / 2 - now());
  await ask(contender, 1);
  await sleep(nextDay + shortDayMs / 4 - now());
  const morning = await ask(contender, 200, 8);
  await sleep(nextDay + (shortDayMs * 5) / 8 - now());
  const evening = await ask(contender, 200, 8);
  if (now() >= nextDay + shortDayMs) throw new Error('the machine is too busy for days of four seconds');
  return morning + evening;
}

/** 50 ask while the month has room for 10; then the month is raised: what the day has left of its 100. */
async function secondPeriodRefuses(contender: Contender): Promise<number> {
  await contender.limit({ apiDay: 100, apiMonth: 10 });
  await ask(contender, 50);
  await contender.limit({ apiDay: 100, apiMonth: 1000 });
  return ask(contender, 200);
}

/** 60 calls, then both servers are killed; Redis keeps nothing on disk. All that are granted in the day. */
async function serversKilled(contender: Contender, site: LedgerSite): Promise<number> {
  await contender.limit({ apiDay: 100 });
  const before = await ask(contender, 60);
  await site.redis.restart();
  await site.postgres.restart('kill');
  await until(() => site.pool.query('SELECT'));
  // The first one that is answered.
  const { granted } = await until(async () => ({ granted: await ask(contender, 1) }));
  return before + granted + (await ask(contender, 200));
}

/** Clients end between the grant and the call, and while calls are out; what can be granted after the sweep. */
async function ledgerClientsDie(contender: Contender, site: LedgerSite): Promise<number> {
  await contender.limit({ apiDay: 100 });
  await site.setTime(noon);
  for (let n = 0; n < 20; n += 1) {
    const answer = await site.ledger.reserve(newRequest());
    if (answer.kind === 'granted' && n % 2 === 0) await site.ledger.markSent(answer.callId);
  }
  await site.setTime(noon + hourMs);
  const swept = await site.ledger.sweep();
  if (swept.refunded !== 10 || swept.unknown !== 10) throw new Error(`swept ${JSON.stringify(swept)}`);
  return ask(contender, 200);
}

async function libraryClientsDie(contender: Contender): Promise<number> {
  await contender.limit({ apiDay: 100 });
  await ask(contender, 20);
  return ask(contender, 200);
}

interface Experiment {
  readonly what: string;
  readonly right: number;
  readonly ofLedger: (contender: Contender, site: LedgerSite) => Promise<number>;
  readonly ofLibrary: (contender: Contender, site: LedgerSite) => Promise<number>;
}

const experiments: readonly Experiment[] = [
  {
    ...{ what: '32 clients ask 400 times for a day of 100: granted', right: 100 },
    ...{ ofLedger: rush, ofLibrary: rush },
  },
  {
    what: 'a first call in the middle of a day, then all that is to be had on the next day of 100: granted in it',
    ...{ right: 100, ofLedger: ledgerNextDay, ofLibrary: libraryNextDay },
  },
  {
    what: '50 ask while the month has room for 10 of the day’s 100; the month is raised: granted then',
    ...{ right: 90, ofLedger: secondPeriodRefuses, ofLibrary: secondPeriodRefuses },
  },
  {
    what: 'after 60 of a day of 100 Postgres and Redis are killed and start again: granted in the day',
    ...{ right: 100, ofLedger: serversKilled, ofLibrary: serversKilled },
  },
  {
    what: '20 clients end before they settle, 10 of them before anything was sent: granted of 100 afterwards',
    ...{ right: 90, ofLedger: ledgerClientsDie, ofLibrary: libraryClientsDie },
  },
];

/** Counts of grants against what is right, by experiment. */
export async function reportExactness(contenders: readonly Contender[], site: LedgerSite): Promise<string> {
  const rows: string[][] = [];
  for (const { what, right, ofLedger, ofLibrary } of experiments) {
    const counts: string[] = [];
    for (const contender of contenders) {
      await contender.reset();
      const play = contender.name === 'ledger' ? ofLedger : ofLibrary;
      counts.push(String(await play(contender, site)));
    }
    rows.push([what, String(right), ...counts]);
  }
  return table(['', 'right', ...contenders.map(({ name }) => name)], rows);
}
