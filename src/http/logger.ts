/** The part of the log that `http/` uses. */
import type { System } from '../system.ts';

export type Logger = System['log'];
