import { categoryId, keyword } from '../../config/sync-config-values.ts';
import { accountLimits } from '../../ledger/limit-changes.ts';
import type { AccountType, ApprovedCalls } from '../../model/sync-config.ts';
import type { Asker } from '../../terminal/ask.ts';

/** What an answer means, or what is wrong with it. */
type Reading<T> = { readonly value: T } | { readonly problem: string };

async function askUntilRead<T>(ask: () => Promise<string>, asker: Asker, read: (text: string) => Reading<T>) {
  for (;;) {
    const reading = read(await ask());
    if ('value' in reading) return reading.value;
    asker.say(reading.problem);
  }
}

/** Asks for the type of the account. @throws QuestionLeft, as all of these */
export function askAccount(asker: Asker): Promise<AccountType> {
  const question = 'Type of your 1688 account, personal or business (Enter: personal): ';
  return askUntilRead<AccountType>(
    () => asker.ask(question),
    asker,
    (text) => {
      const wanted = text === '' ? 'personal' : text.toLowerCase();
      const value = (['personal', 'business'] as const).find((type) => type.startsWith(wanted));
      return value === undefined ? { problem: 'Type personal or business.' } : { value };
    },
  );
}

function readCalls(text: string): Reading<number | null> {
  const digits = text.replaceAll(/[,_ ]/g, '');
  if (digits === '') return { value: null };
  if (/^[1-9]\d{0,8}$/.test(digits)) return { value: Number(digits) };
  return { problem: 'Type a number of calls, 1 or more.' };
}

/** Asks for the approved volumes of each API; null: those that are assumed for the account. */
export async function askVolumes(asker: Asker, account: AccountType): Promise<ApprovedCalls | null> {
  const { day, month } = accountLimits[account];
  const assumed = (calls: number | undefined) =>
    calls === undefined ? 'no limit' : `${calls.toLocaleString('en')}, assumed`;
  const askFor = (period: string, calls: number | undefined) =>
    askUntilRead(
      () => asker.ask(`Calls a ${period} that 1688 approved for each API (Enter: ${assumed(calls)}): `),
      asker,
      readCalls,
    );
  const daily = await askFor('day', day);
  const monthly = await askFor('month', month);
  return daily === null && monthly === null ? null : { daily, monthly };
}

function readList(text: string, isGood: (item: string) => boolean, problem: string): Reading<string[]> {
  const items = text
    .split(/[,，;；]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.every(isGood) ? { value: [...new Set(items)] } : { problem };
}

/** Asks for keywords and categories, until there is one of either. */
export async function askFeeds(asker: Asker): Promise<{ keywords: string[]; categories: string[] }> {
  for (;;) {
    const keywords = await askUntilRead(
      () => asker.ask('Keywords to search for, with commas between them (like 手机壳; Enter: none): '),
      asker,
      (text) =>
        readList(text, (item) => keyword.safeParse(item).success, 'A keyword has at most 100 characters.'),
    );
    const categories = await askUntilRead(
      () => asker.ask('Categories by id, with commas between them (0 is the whole tree; Enter: none): '),
      asker,
      (text) => readList(text, (item) => categoryId.safeParse(item).success, 'Ids have digits only.'),
    );
    if (keywords.length + categories.length > 0) return { keywords, categories };
    asker.say('Name at least one keyword or category.');
  }
}

/** Asks for the App Key; empty: not yet. */
export function askAppKey(asker: Asker): Promise<string> {
  return askUntilRead(
    () => asker.ask('App Key (Enter: later): '),
    asker,
    (text) =>
      /^[A-Za-z0-9]{0,64}$/.test(text)
        ? { value: text }
        : { problem: 'An App Key has letters and digits only.' },
  );
}

/** Asks for the App Secret, without showing it; empty: not yet. */
export function askAppSecret(asker: Asker): Promise<string> {
  const question = 'App Secret, which is not shown while you type (Enter: later): ';
  return askUntilRead(
    () => asker.askSecret(question),
    asker,
    (text) =>
      /^[\w-]{0,64}$/.test(text)
        ? { value: text }
        : { problem: 'An App Secret has at most 64 letters and digits, and no quotes or spaces.' },
  );
}
