import type { Command } from 'commander';
import { keyword } from '../../config/sync-config-values.ts';
import type { AccountType, ApprovedCalls } from '../../model/sync-config.ts';
import { openAsker, type Asker } from '../../terminal/ask.ts';
import type { Session } from '../../app/session.ts';
import { askAccount, askAppKey, askAppSecret, askFeeds, askVolumes } from './ask-choices.ts';
import type { ApprovedByOperation } from './parse-approved.ts';

/** What `init` was told by flags. */
export interface InitFlags {
  readonly account?: AccountType;
  readonly daily?: number;
  readonly monthly?: number;
  readonly approved?: ApprovedByOperation;
  readonly category?: readonly string[];
  readonly keyword?: readonly string[];
  readonly appKey?: string;
  readonly force?: true;
  readonly yes?: true;
}

/** What the files of a project are made from. */
export interface Choices {
  readonly account: AccountType;
  readonly approved: ApprovedByOperation;
  readonly keywords: readonly string[];
  readonly categories: readonly string[];
  /** Empty: not known yet. */
  readonly appKey: string;
  readonly appSecret: string;
}

/** Every API that feeds of keywords and categories need. */
const needed = ['category.children', 'search.keyword', 'offer.detail'] as const;

function approvedOf(each: ApprovedCalls | null, { approved = {} }: InitFlags): ApprovedByOperation {
  const all = each === null ? {} : Object.fromEntries(needed.map((operation) => [operation, each]));
  return { ...all, ...approved };
}

function volumesOfFlags({ daily, monthly }: InitFlags): ApprovedCalls | null {
  const volumes = { daily: daily ?? null, monthly: monthly ?? null };
  return volumes.daily === null && volumes.monthly === null ? null : volumes;
}

function feedsOfFlags({ keyword: keywords = [], category: categories = [] }: InitFlags) {
  return { keywords: [...new Set(keywords)], categories: [...new Set(categories)] };
}

function fromFlags(flags: InitFlags, self: Command): Choices {
  const { account, appKey = '' } = flags;
  const feeds = feedsOfFlags(flags);
  const hasFeeds = feeds.keywords.length + feeds.categories.length > 0;
  const missing = [
    ...(account === undefined ? ['--account personal|business'] : []),
    ...(hasFeeds ? [] : ['--keyword or --category']),
  ];
  if (account === undefined || missing.length > 0)
    return self.error(`error: nobody is asked here, so flags must say it: give ${missing.join(' and ')}`);
  return { account, approved: approvedOf(volumesOfFlags(flags), flags), ...feeds, appKey, appSecret: '' };
}

async function ask(asker: Asker, flags: InitFlags, asksKeys: boolean): Promise<Choices> {
  const account = flags.account ?? (await askAccount(asker));
  const isVolumeSaid = (flags.daily ?? flags.monthly ?? flags.approved) !== undefined;
  const each = isVolumeSaid ? volumesOfFlags(flags) : await askVolumes(asker, account);
  const isFeedSaid = (flags.keyword ?? flags.category) !== undefined;
  const feeds = isFeedSaid ? feedsOfFlags(flags) : await askFeeds(asker);
  const appKey = flags.appKey ?? (asksKeys ? await askAppKey(asker) : '');
  const appSecret = asksKeys && appKey !== '' ? await askAppSecret(asker) : '';
  return { account, approved: approvedOf(each, flags), ...feeds, appKey, appSecret };
}

/**
 * What to write, by flags; a user at a terminal is asked for the rest. Ends with a usage error where nobody can be asked.
 *
 * @param asksKeys false: they are not needed
 * @throws QuestionLeft
 */
export async function choose(
  { context }: Pick<Session, 'context'>,
  { flags, asksKeys }: { readonly flags: InitFlags; readonly asksKeys: boolean },
  self: Command,
): Promise<Choices> {
  const bad = flags.keyword?.find((words) => !keyword.safeParse(words).success);
  if (bad !== undefined) self.error(`error: a keyword has 1 to 100 characters, and no control characters`);
  if (flags.yes || !context.isTty.stdin || !context.isTty.stderr) return fromFlags(flags, self);
  const asker = openAsker(context);
  try {
    return await ask(asker, flags, asksKeys);
  } finally {
    asker.close();
  }
}
