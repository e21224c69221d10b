/*
 * What `catalog-sync plan` says to two kinds of people, and how true it is.
 *
 *   npm run bench:persona -- personal    500 calls a day and 15,000 a month of each API; 3 categories and 20 keywords, for 14
 *                                        days of the sandbox; each day's plan against the run that followed
 *   npm run bench:persona -- what-if     400 offers: what `plan --what-if` predicts of three daily limits of details, against what
 *                                        comes when each is set, over 78 days of the sandbox
 *   npm run bench:persona -- sizes       500 calls a day of each API and 2,000, 5,000 or 10,000 offers: days to the first full pass,
 *                                        ages and the share right, beside a script
 *   npm run bench:persona -- business    10,000 calls a day and 2,000,000 made-up offers: the plan, and how long it takes
 */
import { openBusiness } from './persona/business.ts';
import { followPersonal } from './persona/personal.ts';
import { compareSizes } from './persona/sizes.ts';
import { followWhatIf } from './persona/what-if.ts';

const [persona = 'personal'] = process.argv.slice(2);
if (persona === 'business') await openBusiness();
else if (persona === 'what-if') await followWhatIf();
else if (persona === 'sizes') await compareSizes();
else await followPersonal();
