import { stat } from 'node:fs/promises';
import { AppError, coreErrors, errorMessage } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { findProjectFile, readAtMost } from '../core/read-project-file.ts';
import type { Feed } from '../model/sync-config.ts';
import { parseWatchList, type ParsedWatchList } from './parse-watch-list.ts';

/** 100,000 addresses have 5 MB. Of more, a call each would take a business account ten days. */
const maxBytes = 8_000_000;

/** Enough to see what is wrong with a file. */
const loggedLines = 10;

/** A feed with a file of offers. */
export type WatchFeed = Feed & { readonly offersFile: string };

export const isWatchFeed = (feed: Feed): feed is WatchFeed => feed.offersFile !== null;

function refuse({ name, offersFile }: WatchFeed, problem: string, cause?: unknown): AppError {
  const message = `offers_file ${offersFile} of feed ${name} ${problem}`;
  return new AppError(coreErrors.WATCH_LIST_UNREADABLE, message, { cause });
}

/**
 * The text of a feed's `offers_file`.
 *
 * @throws AppError WATCH_LIST_UNREADABLE
 */
export async function readWatchText(projectDir: string, feed: WatchFeed): Promise<string> {
  const unreadable = (cause: unknown) => refuse(feed, `can't be read: ${errorMessage(cause)}`, cause);
  const file = await findProjectFile(projectDir, feed.offersFile).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  if (file === null) throw refuse(feed, 'is outside of the project folder and was not read');
  const bytes = await readAtMost(file, maxBytes + 1).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  if (bytes.length > maxBytes) throw refuse(feed, `has more than ${String(maxBytes / 1_000_000)} MB`);
  return Buffer.from(bytes).toString('utf8');
}

/**
 * The same feeds, each with the offers of its file behind its own. A file is read again when it has changed; one that can no
 * longer be read counts as it was, with a warning.
 */
export type AddWatchLists = (feeds: readonly Feed[]) => Promise<readonly Feed[]>;

interface Kept {
  /** Of the file: when it was changed last, and its size. */
  readonly version: string;
  readonly offers: readonly string[];
}

/**
 * Reads the files of these feeds, so that one that is missing is said before any run, and gives what reads them later.
 *
 * @throws AppError WATCH_LIST_UNREADABLE, WATCH_LIST_TOO_LONG for a feed that lists more than its `max_offers`
 */
export async function openWatchLists(
  projectDir: string,
  feeds: readonly Feed[],
  log: Logger,
): Promise<AddWatchLists> {
  const kept = new Map<string, Kept>();

  function report({ name, offersFile }: WatchFeed, { offers, badLines }: ParsedWatchList): void {
    const facts = { feed: name, file: offersFile, offers: offers.length };
    if (badLines.length === 0) log.info(facts, 'watch list read');
    else
      log.warn(
        { ...facts, badLines: badLines.length, first: badLines.slice(0, loggedLines) },
        'lines of the watch list name no offer and were skipped',
      );
  }

  async function versionOf(feed: WatchFeed): Promise<string> {
    const file = await findProjectFile(projectDir, feed.offersFile).catch(() => null);
    const found = file && (await stat(file).catch(() => null));
    return found ? `${String(found.mtimeMs)} ${String(found.size)}` : 'unreadable';
  }

  async function offersOf(feed: WatchFeed): Promise<readonly string[]> {
    const version = await versionOf(feed);
    const known = kept.get(feed.name);
    if (known?.version === version) return known.offers;
    try {
      const read = parseWatchList(await readWatchText(projectDir, feed));
      report(feed, read);
      kept.set(feed.name, { version, offers: read.offers });
      return read.offers;
    } catch (err) {
      if (known === undefined) throw err;
      log.warn({ err, feed: feed.name }, 'the watch list counts as it was');
      kept.set(feed.name, { version, offers: known.offers });
      return known.offers;
    }
  }

  const addTo: AddWatchLists = (some) =>
    Promise.all(
      some.map(async (feed) => {
        if (!isWatchFeed(feed)) return feed;
        return { ...feed, offers: [...new Set([...feed.offers, ...(await offersOf(feed))])] };
      }),
    );
  for (const { name, offersFile, maxOffers, offers } of await addTo(feeds)) {
    if (offersFile === null || maxOffers === null || offers.length <= maxOffers) continue;
    const problem = `max_offers of feed ${name} is ${String(maxOffers)}, and with ${offersFile} it lists ${String(offers.length)}`;
    throw new AppError(coreErrors.WATCH_LIST_TOO_LONG, `${problem}: increase it, or leave it out`);
  }
  return addTo;
}
