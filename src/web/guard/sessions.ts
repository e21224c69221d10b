import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { hourMs } from '../../core/duration.ts';
import type { Secret } from '../../core/secret.ts';
import { isSameText } from './is-same-text.ts';

/** `token`: logged in with WEB_TOKEN. `loopback`: a browser on this machine, where no token is set. */
export type SessionKind = 'token' | 'loopback';

export interface Session {
  readonly id: string;
  readonly kind: SessionKind;
}

/** Sessions without a store: a cookie that only this server can have signed. `EndedSessions` keeps those that were ended. */
export interface Sessions {
  begin(kind: SessionKind): { readonly session: Session; readonly cookie: string };
  /** Null: not signed by us, or too old. */
  read(cookie: string | undefined): Session | null;
  /** What each form of the browser must carry, so that no other site can send it. */
  csrfToken(session: Session): string;
  isCsrfToken(session: Session, given: unknown): boolean;
  isToken(given: unknown): boolean;
}

/** A working day. At half, people would log in twice a day; at double, a lost laptop would keep its session for long. */
export const sessionLifeMs = 12 * hourMs;

/**
 * With a token, the key comes from it: sessions survive a restart, all processes accept them, and another token
 * ends them all. Without one, the key is this process's own.
 */
function keyOf(token: Secret | null): Buffer {
  if (token === null) return randomBytes(32);
  return Buffer.from(hkdfSync('sha256', token.reveal(), '', 'catalog-sync web session', 32));
}

/** Sessions of the pages. */
export function createSessions({ token, clock }: { token: Secret | null; clock: Clock }): Sessions {
  const key = keyOf(token);
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  const csrfToken = ({ id }: Session) => sign(`csrf ${id}`);
  return {
    begin: (kind) => {
      const session = { id: randomBytes(18).toString('base64url'), kind };
      const content = `${session.id}.${kind}.${String(clock.now().getTime())}`;
      return { session, cookie: `${content}.${sign(content)}` };
    },
    read: (cookie) => {
      const [, content = '', id = '', kind = '', begunAt = '', signature = ''] =
        /^(([\w-]{24})\.(token|loopback)\.(\d{1,15}))\.([\w-]{43})$/.exec(cookie ?? '') ?? [];
      if (content === '' || !isSameText(sign(content), signature)) return null;
      const ageMs = clock.now().getTime() - Number(begunAt);
      if (ageMs < 0 || ageMs > sessionLifeMs) return null;
      // A session of this machine is no longer enough once a token is required.
      if ((kind === 'token') !== (token !== null)) return null;
      return { id, kind: kind as SessionKind };
    },
    csrfToken,
    isCsrfToken: (session, given) => typeof given === 'string' && isSameText(csrfToken(session), given),
    isToken: (given) => token !== null && typeof given === 'string' && isSameText(token.reveal(), given),
  };
}
