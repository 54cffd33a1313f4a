/** Whether this process can do its work right now. */
import { pingDatabase } from '../store/ping.ts';
import type { App } from './context.ts';

export interface Health {
  status: 'ok' | 'unavailable';
  details: { database: 'ok' | 'unreachable' };
}

export async function ready(app: App): Promise<Health> {
  const reachable = await pingDatabase(app.database);
  return { status: reachable ? 'ok' : 'unavailable', details: { database: reachable ? 'ok' : 'unreachable' } };
}
