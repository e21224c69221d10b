/*
 * How many stored details a second are parsed and normalized: with JSON read digit by digit, as all of it was read
 * before, and as it is read now. Both read the same answers of the sandbox, in turns, in one thread.
 *
 *   npm run bench:normalize                  2,000 details, nine rounds
 *   npm run bench:normalize -- --offers 500
 */
import { createHmac } from 'node:crypto';
import { parseArgs } from 'node:util';
import { isJsonObject, parseEachDigit, parseJson, type JsonValue } from '../src/core/json.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/create-sandbox.ts';
import { normalizeAnswer } from '../src/transform/normalize-answer.ts';
import { spread, sum, table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: { offers: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '9' } },
});

/** The text of an answer. */
async function call(
  sandbox: Sandbox,
  api: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const path = `param2/1/com.alibaba.fenxiao.crossborder/${api}/${sandbox.appKey}`;
  const sent = { access_token: sandbox.accessToken, ...fields };
  const pairs = Object.entries(sent).map(([key, value]) => key + value);
  const signature = createHmac('sha1', sandbox.appSecret)
    .update(path + pairs.sort().join(''))
    .digest('hex')
    .toUpperCase();
  const body = new URLSearchParams({ ...sent, _aop_signature: signature });
  return (await fetch(`${sandbox.url}/${path}`, { method: 'POST', body })).text();
}

/** What `path` leads to in a value; null where it ends before. */
const inside = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : null), value);

async function listOffers(sandbox: Sandbox): Promise<string[]> {
  const truth = await fetch(`${sandbox.controlUrl}/truth?categories=0`);
  const offers: unknown = inside(await truth.json(), 'offers');
  return (Array.isArray(offers) ? offers : []).map((offer) => String(inside(offer, 'id')));
}

interface Answer {
  readonly offerId: string;
  readonly text: string;
}

async function fetchDetails(sandbox: Sandbox): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const offerId of await listOffers(sandbox)) {
    const offerDetailParam = JSON.stringify({ offerId, country: 'en' });
    const text = await call(sandbox, 'product.search.queryProductDetail', { offerDetailParam });
    answers.push({ offerId, text });
  }
  return answers;
}

const provenance = { callId: '1', rawId: '1', runId: null, observedAt: new Date() };

type Parse = (text: string) => unknown;

function readWith(parse: Parse): (answer: Answer) => void {
  return ({ offerId, text }) => {
    const payload = inside(parse(text), 'result', 'result') as JsonValue;
    normalizeAnswer({ operation: 'offer.detail', offerId, language: 'en' }, payload, provenance, null);
  };
}

/** Details a second. */
function measure(answers: readonly Answer[], work: (answer: Answer) => void): number {
  const begin = performance.now();
  for (const answer of answers) work(answer);
  return answers.length / ((performance.now() - begin) / 1000);
}

/** Both ways in turns, and how they compare in each round; the first round warms up. */
function compare(answers: readonly Answer[], toWork: (parse: Parse) => (answer: Answer) => void): string[] {
  const rounds = Array.from({ length: Number(flags.rounds) + 1 }, () => [
    measure(answers, toWork(parseEachDigit)),
    measure(answers, toWork(parseJson)),
  ]).slice(1);
  const ratios = rounds.map(([before = NaN, now = NaN]) => now / before);
  return [0, 1].map((way) => spread(rounds.map((rates) => rates[way] ?? NaN))).concat(spread(ratios, 1));
}

const sandbox = await createSandbox({ offers: Number(flags.offers), categories: 100 });
const answers = await fetchDetails(sandbox);
await sandbox.close();
const characters = sum(answers.map(({ text }) => text.length)) / answers.length;
say(`${String(answers.length)} details of ${characters.toFixed(0)} characters. Lowest, median, highest.\n`);
say(
  table(
    ['details a second', 'each number by its digits', 'now', 'times as many'],
    [
      [
        'JSON alone',
        ...compare(
          answers,
          (parse) =>
            ({ text }) =>
              void parse(text),
        ),
      ],
      ['JSON and normalizing', ...compare(answers, readWith)],
    ],
  ),
);
