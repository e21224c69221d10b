import { openApp, type AppOptions } from '../open-app.ts';
import { listenForShutdown } from '../../core/lifecycle.ts';
import type { Gateway } from '../../model/gateway.ts';
import type { Session } from '../session.ts';

export interface OpenGateway {
  readonly gateway: Pick<Gateway, 'call' | 'inspect' | 'readTime'>;
  /** @throws AppError DATABASE_OTHER_SOURCE when the database holds data of the other source */
  readonly claimSource: () => Promise<void>;
  close(): Promise<void>;
}

/**
 * The gateway client as a sync uses it, with its ledger and quota, so that what `doctor` proves holds for a sync.
 *
 * @throws AppError DATABASE_*
 */
export async function openGateway(
  parts: Pick<AppOptions, 'config' | 'sync' | 'databaseUrl'>,
  session: Session,
): Promise<OpenGateway> {
  const shutdown = listenForShutdown(session.context.signals);
  const app = await openApp({ ...parts, log: session.log, shutdown });
  return {
    gateway: app.gateway,
    claimSource: () => app.runs.claimSource(app.source),
    close: async () => {
      shutdown.dispose();
      await app.close();
    },
  };
}
