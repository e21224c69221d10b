import { chmod, rename, stat, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { openSession, type Session } from '../../app/session.ts';
import { readOfferIdOf, parseWatchList } from '../../config/parse-watch-list.ts';
import { readWatchText } from '../../config/watch-lists.ts';
import { AppError, coreErrors } from '../../core/errors.ts';
import { findProjectFile } from '../../core/read-project-file.ts';
import type { Feed } from '../../model/sync-config.ts';
import { safeJson } from '../../terminal/safe-text.ts';

interface WatchFlags {
  readonly feed?: string;
}

const amount = (count: number): string => count.toLocaleString('en');

/** What was said of bad lines is enough to correct a file by. */
const shownLines = 20;

/** @throws AppError CONFIG_FILE_INVALID when it is not clear which feed is meant, or it has no file */
function chooseFeed(session: Session, name: string | undefined): Feed {
  const having = session.readSyncConfig().feeds.filter(({ offersFile }) => offersFile !== null);
  const chosen = name === undefined ? having : having.filter((feed) => feed.name === name);
  const [feed] = chosen;
  if (feed !== undefined && chosen.length === 1) return feed;
  const names = having.map((one) => one.name).join(', ');
  const problem =
    name !== undefined
      ? `feed ${name} has no offers_file in catalog-sync.yaml`
      : having.length === 0
        ? 'no feed has an offers_file in catalog-sync.yaml: add `offers_file: watch.csv` to one'
        : `several feeds have an offers_file (${names}): say which by --feed`;
  throw new AppError(coreErrors.CONFIG_FILE_INVALID, problem);
}

interface Opened {
  readonly session: Session;
  readonly feed: Feed;
  readonly text: string;
}

async function open(context: CliContext, { feed: name }: WatchFlags, self: Command): Promise<Opened> {
  const session = openSession(self, context, { logs: 'command' });
  const feed = chooseFeed(session, name);
  return { session, feed, text: await readWatchText(session.config.projectDir, feed) };
}

/** In one step, so that a run that reads meanwhile sees the old list or the new one. */
async function replace({ session, feed }: Opened, text: string): Promise<void> {
  const file = await findProjectFile(session.config.projectDir, feed.offersFile ?? '');
  if (file === null) throw new Error('a file that was read is gone');
  const draft = `${file}.${String(process.pid)}.new`;
  await writeFile(draft, text);
  await chmod(draft, (await stat(file)).mode);
  await rename(draft, file);
}

function conclude(
  { session, feed }: Opened,
  counts: { changed: number; offers: number },
  verb: string,
): void {
  if (session.isJson) session.print(safeJson({ feed: feed.name, file: feed.offersFile, ...counts }));
  else
    session.talk(
      `${amount(counts.changed)} ${verb}; ${feed.offersFile ?? ''} has ${amount(counts.offers)} offers, which the next run fetches`,
    );
}

/** Adds offers to the watch list. */
export async function addWatched(
  context: CliContext,
  offers: readonly string[],
  flags: WatchFlags,
  self: Command,
): Promise<void> {
  const opened = await open(context, flags, self);
  const known = new Set(parseWatchList(opened.text).offers);
  const fresh = [...new Set(offers)].filter((offer) => !known.has(offer));
  const gap = opened.text === '' || opened.text.endsWith('\n') ? '' : '\n';
  if (fresh.length > 0) await replace(opened, `${opened.text}${gap}${fresh.join('\n')}\n`);
  conclude(opened, { changed: fresh.length, offers: known.size + fresh.length }, 'added');
}

/** Removes the lines of offers from the watch list. */
export async function removeWatched(
  context: CliContext,
  offers: readonly string[],
  flags: WatchFlags,
  self: Command,
): Promise<void> {
  const opened = await open(context, flags, self);
  const before = parseWatchList(opened.text).offers.length;
  const unwanted = new Set(offers);
  const kept = opened.text
    .split(/(?<=\n|\r(?!\n))/)
    .filter((line) => !unwanted.has(readOfferIdOf(line) ?? ''));
  const left = parseWatchList(kept.join('')).offers.length;
  if (left < before) await replace(opened, kept.join(''));
  conclude(opened, { changed: before - left, offers: left }, 'removed');
}

/** Prints the watch list. */
export async function listWatched(context: CliContext, flags: WatchFlags, self: Command): Promise<void> {
  const { session, feed, text } = await open(context, flags, self);
  const { offers, badLines } = parseWatchList(text);
  if (session.isJson) {
    session.print(safeJson({ feed: feed.name, file: feed.offersFile, offers, badLines }));
    return;
  }
  if (offers.length > 0) session.print(offers.join('\n'));
  for (const { line, text: bad } of badLines.slice(0, shownLines))
    session.talk(`${feed.offersFile ?? ''}:${String(line)} names no offer: ${bad}`);
  session.talk(`${amount(offers.length)} offers, ${amount(badLines.length)} bad lines`);
}
