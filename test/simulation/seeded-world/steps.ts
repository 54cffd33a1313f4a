/** Everything that can happen in a seeded world, and how often. */
import { MONEY_STEPS } from './money-steps.ts';
import { PAYER_STEPS } from './payer-steps.ts';
import { SESSION_STEPS } from './session-steps.ts';
import type { World } from './world.ts';
import { WORLD_STEPS } from './world-steps.ts';

export interface Step {
  name: string;
  /** How likely it is beside the others. */
  weight: number;
  /** Does it and answers what was done and what came back, without ids. Undefined: there is nothing to do it to. */
  run(world: World): Promise<string | undefined>;
}

export const STEPS: readonly Step[] = [...SESSION_STEPS, ...PAYER_STEPS, ...MONEY_STEPS, ...WORLD_STEPS];
