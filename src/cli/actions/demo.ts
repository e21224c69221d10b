import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { openSession } from '../../app/session.ts';
import { onStage } from '../demo/on-stage.ts';
import { playDemo } from '../demo/play-demo.ts';

/** Syncs an invented catalog. */
export async function demo(context: CliContext, flags: { keep?: true }, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
  await onStage(session, { isKept: flags.keep ?? false, play: playDemo });
}
