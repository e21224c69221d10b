import { openApp } from '../../app.ts';
import { listenForShutdown } from '../../core/lifecycle.ts';
import type { Session } from '../session.ts';
import type { OpenGateway } from './check-services.ts';

/** The gateway client as a sync uses it, so that what `doctor` proves holds for a sync. */
export async function openGateway(
  parts: Parameters<OpenGateway>[0],
  session: Session,
): ReturnType<OpenGateway> {
  const shutdown = listenForShutdown(session.context.signals);
  const app = await openApp({ ...parts, log: session.log, shutdown });
  return {
    gateway: app.gateway,
    close: async () => {
      shutdown.dispose();
      await app.close();
    },
  };
}
