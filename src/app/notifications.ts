/** A processor's notification: a reason to look, never a result. */
import { isOpen } from '../domain/attempt.ts';
import { findAttemptByKey } from '../store/attempts.ts';
import { askAbout, askAgain } from './asking.ts';
import type { Context } from './context.ts';
import { processorOf } from './processor-access.ts';

export interface RawNotificationParts {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  body: string;
}

/** Checks the signature and asks the processor about the attempt it names. A repeated, late or foreign one does no harm. */
export async function takeNotification(context: Context, raw: RawNotificationParts): Promise<'taken' | 'rejected'> {
  const { processor, credentials } = await processorOf(context, context.tenant.processor);
  const notice = processor.parseNotification({ ...raw, credentials, now: context.system.clock.now() });
  if (notice.kind === 'rejected') {
    context.system.log.warn({ why: notice.why, tenant: context.tenant.id }, 'a notification was refused');
    return 'rejected';
  }
  if (notice.requestKey === undefined) return 'taken';
  for (const requestKey of [notice.requestKey, ...(notice.otherKeys ?? [])])
    await look(context, requestKey, notice.says);
  return 'taken';
}

async function look(context: Context, requestKey: string, says: 'succeeded' | 'declined' | undefined): Promise<void> {
  const attempt = await findAttemptByKey(context.database, context.tenant.id, requestKey);
  if (attempt === undefined) return;
  if (isOpen(attempt)) await askAbout(context, attempt.id);
  // Most notifications repeat what the answer to our own call has said already; one that does not is looked into.
  else if (says !== undefined && says !== attempt.status) await askAgain(context, attempt.id);
}
