import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { serviceSteps, sourceBanner, withApp } from '../../app/run-session.ts';
import { openHeartbeat } from '../../app/heartbeat.ts';
import { openSession } from '../../app/session.ts';

/** Keeps the schedules and works on every active run, until it is stopped. */
export async function work(
  context: CliContext,
  { healthFile }: { healthFile?: string },
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'service' });
  const sync = session.readSyncConfig();
  await withApp(
    session,
    { sync },
    async (app) => {
      await app.runs.claimSource(app.source);
      await app.keepSchedules();
      session.talk(sourceBanner(app.source));
      session.log.info({ source: app.source }, 'worker ready');
      const pingIfDue = openHeartbeat(session);
      await app.conduct(async () => {
        pingIfDue();
        if (healthFile !== undefined) await writeFile(healthFile, 'ticked\n');
        return false;
      });
    },
    { afterSignal: serviceSteps, deadline: null },
  );
}
