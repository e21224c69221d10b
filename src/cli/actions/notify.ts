import type { Command } from 'commander';
import { sourceOf } from '../../app/credentials.ts';
import { AppError } from '../../core/errors.ts';
import { testMessage } from '../../health/webhook/test-message.ts';
import { notifyErrors } from '../../health/webhook/errors.ts';
import { openReceivers } from '../../app/open-dispatcher.ts';
import type { CliContext } from '../../app/context.ts';
import { openSession } from '../../app/session.ts';
import { safeJson, safeText } from '../../terminal/safe-text.ts';

/**
 * Sends a test message to each receiver.
 *
 * @throws AppError NOTIFY_NOT_SET, and NOTIFY_* of the first one that takes none
 */
export async function sendTest(context: CliContext, _flags: unknown, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const { config } = session;
  const receivers = openReceivers(config, session.command);
  if (receivers.length === 0)
    throw new AppError(notifyErrors.NOTIFY_NOT_SET, 'NOTIFY_WEBHOOK_URL is not set: notifications are off');
  for (const { notifier, host, format } of receivers) {
    const message = testMessage(sourceOf(config), context.clock.now());
    const { httpStatus, answer } = await notifier.send(message, new AbortController().signal);
    session.print(
      session.isJson
        ? safeJson({ host, format, httpStatus, answer })
        : `${host} accepted a message of format ${format}. It answered HTTP ${String(httpStatus)}: ${safeText(answer)}`,
    );
  }
}
