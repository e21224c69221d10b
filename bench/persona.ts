/*
 * What `catalog-sync plan` says to two kinds of people, and how true it is.
 *
 *   npm run bench:persona -- personal    500 calls a day and 15,000 a month of each API; 3 categories and 20 keywords, for 14
 *                                        days of the sandbox; each day's plan against the run that followed
 *   npm run bench:persona -- what-if --seeds 1,2,3 --limits 30,50,60,80,120
 *                                        400 offers: what `plan --what-if` predicts on day 20 of the next ten days at five daily
 *                                        limits of details, against what comes when each is set; a catalog for each seed
 *   npm run bench:persona -- sizes       500 calls a day of each API and 2,000, 5,000 or 10,000 offers: days to the first full pass,
 *                                        ages and the share right, beside a script
 *   npm run bench:persona -- business    10,000 calls a day and 2,000,000 made-up offers: the plan, and how long it takes
 */
import { parseArgs } from 'node:util';
import { openBusiness } from './persona/business.ts';
import { followPersonal } from './persona/personal.ts';
import { compareSizes } from './persona/sizes.ts';
import { followWhatIf } from './persona/what-if.ts';

const {
  values: flags,
  positionals: [persona = 'personal'],
} = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    // Asked at 60, from half of it to twice.
    limits: { type: 'string', default: '30,50,60,80,120' },
  },
});
const numbersOf = (text: string) => text.split(',').map(Number);
if (persona === 'business') await openBusiness();
else if (persona === 'what-if') await followWhatIf(numbersOf(flags.seeds), numbersOf(flags.limits));
else if (persona === 'sizes') await compareSizes();
else await followPersonal();
