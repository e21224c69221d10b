import { measureFound, playPaced, type PacedCase } from '../../test/support/paced-gateway.ts';
import { table } from '../support/numbers.ts';
import { api, appKey, type LedgerSite } from './site.ts';

const usual = { declared: 30, seconds: 240, workers: 4, latencyMs: 100, scope: 'app' } as const;
const from = (perSecond: number, fromSecond = 0) => ({ fromSecond, perSecond });

/** Each with the limits in the order in which they hold. */
const cases: readonly (PacedCase & { readonly name: string })[] = [
  { ...usual, name: '5 of 30 a second', real: [from(5)] },
  { ...usual, name: 'the same, answers take 0.75 s', real: [from(5)], latencyMs: 750, workers: 16 },
  { ...usual, name: 'the same, of one API', real: [from(5)], scope: 'api' },
  { ...usual, name: '1 of 4 a second', real: [from(1)], declared: 4 },
  { ...usual, name: '2 of 4 a second', real: [from(2)], declared: 4 },
  { ...usual, name: '3 of 4 a second', real: [from(3)], declared: 4 },
  { ...usual, name: '1 of 30 a second', real: [from(1)] },
  { ...usual, name: '20 of 30 a second', real: [from(20)] },
  {
    ...usual,
    name: '5, then 12, then 4 a second',
    real: [from(5), from(12, 120), from(4, 360)],
    seconds: 480,
  },
];

async function play(site: LedgerSite, { name, ...world }: (typeof cases)[number]): Promise<string[][]> {
  await site.reset();
  const result = await playPaced({ ...site, appKey, api }, world);
  return world.real.map(({ fromSecond, perSecond }, n) => {
    const to = world.real[n + 1]?.fromSecond ?? world.seconds;
    const found = measureFound(result, { from: fromSecond, to, perSecond });
    return [
      world.real.length > 1 ? `${name}: ${String(perSecond)}` : name,
      `${found.afterSeconds.toFixed(0)} s`,
      String(found.refusedBefore),
      `${(found.refusedShare * 100).toFixed(1)} %`,
      `${(found.usedShare * 100).toFixed(0)} %`,
    ];
  });
}

/** How the ledger finds a pace that is lower than the declared one, against the sandbox's limiter. */
export async function reportFinding(site: LedgerSite): Promise<string> {
  const rows: string[][] = [];
  for (const one of cases) rows.push(...(await play(site, one)));
  return table(['limit', 'before', 'refused before', 'refused after', 'of the limit'], rows);
}
