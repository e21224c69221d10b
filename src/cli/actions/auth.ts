import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { openSession, type Session } from '../../app/session.ts';
import { adopt } from '../auth/adopt.ts';
import { revoke, rotateKey } from '../auth/change-tokens.ts';
import { logIn } from '../auth/log-in.ts';
import { showTokens } from '../auth/show-tokens.ts';

type Action<F> = (context: CliContext, flags: F, self: Command) => Promise<void>;

/** An action with an open session. */
const withSession =
  <F>(work: (session: Session, flags: F) => Promise<void>): Action<F> =>
  (context, flags, self) =>
    work(openSession(self, context, { logs: 'command' }), flags);

/** `auth login` */
export const logInHere = withSession(logIn);
/** `auth status` */
export const showTokensOfApp = withSession(showTokens);
/** `auth rotate-key` */
export const rotateTokenKey = withSession(rotateKey);
/** `auth revoke` */
export const revokeTokens = withSession(revoke);
/** `auth adopt` */
export const adoptDatabase = withSession(adopt);
