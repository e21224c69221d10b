import { createHash } from 'node:crypto';
import { dayMs, minuteMs } from '../../core/duration.ts';
import type { KeptConcern, NewsItem, NewsKind, Told } from '../../model/notification.ts';

/** What lasts is told again. At half, people learn to look away; at double, somebody forgets it over a weekend. */
const remindAfterMs = dayMs;

/** Between two messages about one concern, however often it ends and begins anew within. */
const quietMs = 30 * minuteMs;

/** Something to tell, and what people know once they are told. */
export interface News {
  readonly item: NewsItem;
  readonly told: Told;
}

function kindOfNews({ kind, endedAt, told, toldAt }: KeptConcern, now: Date): NewsKind | null {
  if (told === null) {
    if (kind === 'event') return 'happened';
    // A state that came and went before anybody could be told is no news.
    return endedAt === null ? 'begun' : null;
  }
  if (kind === 'event') return null;
  const sinceMs = toldAt === null ? Number.POSITIVE_INFINITY : now.getTime() - toldAt.getTime();
  const isToldRight = (told === 'lasting') === (endedAt === null);
  if (isToldRight) return told === 'lasting' && sinceMs >= remindAfterMs ? 'lasting' : null;
  if (sinceMs < quietMs) return null;
  return endedAt === null ? 'begun' : 'over';
}

/** The same for the same news, also when it is sent again since nobody knows whether it arrived. */
function idOf({ key, beganAt, toldAt }: KeptConcern, news: NewsKind): string {
  const parts = [key, news, beganAt.toISOString(), toldAt?.toISOString() ?? ''];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

/** What needs a person first, what is over last. */
const rank = ({ item: { severity, news } }: News): number =>
  news === 'over' ? 4 : (severity === 'act' ? 0 : 2) + (news === 'lasting' ? 1 : 0);

/** What is to be told of all that is kept, the most pressing first. */
export function chooseNews(kept: readonly KeptConcern[], now: Date): News[] {
  return kept
    .flatMap((concern): News[] => {
      const news = kindOfNews(concern, now);
      if (news === null) return [];
      const { key, severity, summary, remedy, path, beganAt: since } = concern;
      const item = { id: idOf(concern, news), news, key, severity, summary, remedy, path, since };
      return [{ item, told: news === 'over' ? 'over' : 'lasting' }];
    })
    .toSorted((a, b) => rank(a) - rank(b));
}
