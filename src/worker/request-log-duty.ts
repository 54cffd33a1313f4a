/** The duty that keeps the request log as long as it is set, and no longer. */
import type { App } from '../app/context.ts';
import { forgetOldRequestLogs } from '../app/request-logs.ts';
import { MINUTE } from '../lib/time.ts';
import type { Duty } from './runner.ts';

/** Rest after a full batch, so that dropping a crowd leaves room for others. */
const PAUSE_MS = 50;

/** `keepDays` 0: everything is dropped. */
export function requestLogDuty(app: App, keepDays: number): Duty {
  return {
    name: 'drop old request logs',
    everyMs: MINUTE,
    pauseMs: PAUSE_MS,
    run: () => forgetOldRequestLogs(app, keepDays),
  };
}
