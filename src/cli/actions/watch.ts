import { countOf } from '../../core/count-of.ts';
import { chmod, link, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { refuseUnknownFeeds } from '../refuse-unknown-feeds.ts';
import { openSession, type Session } from '../../app/session.ts';
import { readOfferIdOf, parseWatchList } from '../../config/parse-watch-list.ts';
import { isWatchFeed, readWatchText, type WatchFeed } from '../../config/watch-lists.ts';
import { sleep, type Clock } from '../../core/clock.ts';
import { AppError, coreErrors } from '../../core/errors.ts';
import { findProjectFile } from '../../core/read-project-file.ts';
import { safeJson } from '../../terminal/safe-text.ts';

interface WatchFlags {
  readonly feed?: string;
}

const amount = (count: number): string => count.toLocaleString('en');

/** What was said of bad lines is enough to correct a file by. */
const shownLines = 20;

/** Ends with a usage error where flags do not say which feed is meant. @throws AppError CONFIG_FILE_*, WATCH_LIST_NOT_SET */
function chooseFeed(session: Session, name: string | undefined, command: Command): WatchFeed {
  const sync = session.readSyncConfig();
  if (name !== undefined) refuseUnknownFeeds(sync, [name], command);
  const having = sync.feeds.filter(isWatchFeed);
  const chosen = name === undefined ? having : having.filter((feed) => feed.name === name);
  const [feed] = chosen;
  if (feed !== undefined && chosen.length === 1) return feed;
  const names = having.map((one) => one.name).join(', ');
  if (chosen.length > 1)
    command.error(`error: several feeds have an offers_file (${names}): say which by --feed`);
  const problem =
    name === undefined
      ? 'no feed has an offers_file in catalog-sync.yaml: add `offers_file: watch.csv` to one'
      : `feed ${name} has no offers_file in catalog-sync.yaml`;
  throw new AppError(coreErrors.WATCH_LIST_NOT_SET, problem);
}

interface Opened {
  readonly session: Session;
  readonly feed: WatchFeed;
}

function open(context: CliContext, { feed }: WatchFlags, self: Command): Opened {
  const session = openSession(self, context, { logs: 'command' });
  return { session, feed: chooseFeed(session, feed, self) };
}

/** A list that is not there yet begins empty. What keeps it from being made is said by who reads it next. */
async function beginList({ session, feed }: Opened): Promise<void> {
  const folder = await findProjectFile(session.config.projectDir, dirname(feed.offersFile)).catch(() => null);
  if (folder !== null)
    await writeFile(join(folder, basename(feed.offersFile)), '', { flag: 'wx' }).catch(() => undefined);
}

/** An edit takes milliseconds. A draft that is older was left by a process that died. */
const draftLivesMs = 10_000;

async function isLeft(file: string, clock: Clock): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && clock.now().getTime() - found.mtimeMs > draftLivesMs;
}

/**
 * Takes away a draft that was left. Of several who see it, one may: whoever makes the second name of it. By that name it looks
 * again, for the draft may be the next one by now, which somebody writes.
 */
async function removeLeftDraft(draft: string, clock: Clock): Promise<void> {
  const claim = `${draft}.left`;
  const isMine = await link(draft, claim).then(
    () => true,
    (error: unknown) => {
      if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
      throw error;
    },
  );
  if (!isMine) {
    // Its time of change is that of the second name. Whoever made it long ago has died, too.
    const { ctimeMs } = (await stat(claim).catch(() => null)) ?? { ctimeMs: Infinity };
    if (clock.now().getTime() - ctimeMs > draftLivesMs) await rm(claim, { force: true });
    return sleep(20);
  }
  if (await isLeft(claim, clock)) await rm(draft, { force: true });
  await rm(claim, { force: true });
}

/** Begins the draft of the next list. Only one process can have it: others wait. */
async function beginDraft(draft: string, clock: Clock): Promise<void> {
  for (;;) {
    const isOurs = await writeFile(draft, '', { flag: 'wx' }).then(
      () => true,
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      },
    );
    if (isOurs) return;
    if (await isLeft(draft, clock)) await removeLeftDraft(draft, clock);
    else await sleep(20);
  }
}

interface Edited {
  readonly text: string;
  /** Offers that were added or removed. */
  readonly changed: number;
  /** Offers of the list after that. */
  readonly offers: number;
}

/** In one step, so that a run that reads meanwhile sees the old list or the new one. */
async function edit(opened: Opened, change: (text: string) => Edited): Promise<Edited> {
  const { projectDir } = opened.session.config;
  // First, for it says what is wrong with the file.
  await readWatchText(projectDir, opened.feed);
  const file = await findProjectFile(projectDir, opened.feed.offersFile);
  if (file === null) throw new Error('a file that was read is gone');
  const draft = `${file}.new`;
  await beginDraft(draft, opened.session.context.clock);
  try {
    const edited = change(await readWatchText(projectDir, opened.feed));
    await writeFile(draft, edited.text);
    await chmod(draft, (await stat(file)).mode);
    await rename(draft, file);
    return edited;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function conclude({ session, feed }: Opened, { changed, offers }: Edited, verb: string): void {
  if (session.isJson) session.print(safeJson({ feed: feed.name, file: feed.offersFile, changed, offers }));
  else
    session.talk(
      `${amount(changed)} ${verb}; ${feed.offersFile} has ${countOf(offers, 'offer')}, which the next run fetches`,
    );
}

/** Adds offers to the watch list, which is made if it is not there. */
export async function addWatched(
  context: CliContext,
  offers: readonly string[],
  flags: WatchFlags,
  self: Command,
): Promise<void> {
  const opened = open(context, flags, self);
  await beginList(opened);
  const edited = await edit(opened, (text) => {
    const known = new Set(parseWatchList(text).offers);
    const fresh = [...new Set(offers)].filter((offer) => !known.has(offer));
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    return {
      text: fresh.length === 0 ? text : `${text}${gap}${fresh.join('\n')}\n`,
      ...{ changed: fresh.length, offers: known.size + fresh.length },
    };
  });
  conclude(opened, edited, 'added');
}

/** Removes the lines of offers from the watch list. */
export async function removeWatched(
  context: CliContext,
  offers: readonly string[],
  flags: WatchFlags,
  self: Command,
): Promise<void> {
  const opened = open(context, flags, self);
  const unwanted = new Set(offers);
  let absent: string[] = [];
  const edited = await edit(opened, (text) => {
    const known = new Set(parseWatchList(text).offers);
    absent = [...unwanted].filter((offer) => !known.has(offer));
    const lines = text.split(/(?<=\n|\r(?!\n))/);
    const isKept = (id: string | null) => id === null || !unwanted.has(id);
    const kept = lines.filter((line) => isKept(readOfferIdOf(line))).join('');
    const left = parseWatchList(kept).offers.length;
    return { text: kept, changed: known.size - left, offers: left };
  });
  if (absent.length > 0 && !opened.session.isJson)
    opened.session.talk(`${opened.feed.offersFile} does not name ${absent.join(', ')}`);
  conclude(opened, edited, 'removed');
}

/** Prints the watch list. */
export async function listWatched(context: CliContext, flags: WatchFlags, self: Command): Promise<void> {
  const { session, feed } = open(context, flags, self);
  const { offers, badLines } = parseWatchList(await readWatchText(session.config.projectDir, feed));
  if (session.isJson) {
    session.print(safeJson({ feed: feed.name, file: feed.offersFile, offers, badLines }));
    return;
  }
  if (offers.length > 0) session.print(offers.join('\n'));
  for (const { line, text: bad } of badLines.slice(0, shownLines))
    session.talk(`${feed.offersFile}:${String(line)} names no offer: ${bad}`);
  session.talk(`${countOf(offers.length, 'offer')}, ${countOf(badLines.length, 'bad line')}`);
}
