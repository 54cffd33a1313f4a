/** The connectors this build has, by the name that tenants are bound to. A new connector is one line here. */
import type { Logger } from 'pino';
import type { Outbound } from '../system.ts';
import type { Processor } from './processor.ts';
import { createSandboxProcessor } from './sandbox.ts';

export interface Registry {
  /** Every name a tenant may be bound to. */
  readonly names: readonly string[];
  /** The connector, or undefined for a name this build does not know. */
  find(name: string): Processor | undefined;
}

/** All connectors over one way out. */
export function createRegistry(world: { send: Outbound; log: Logger }): Registry {
  const processors: readonly Processor[] = [createSandboxProcessor(world)];
  const byName = new Map(processors.map((processor) => [processor.name, processor]));
  return { names: [...byName.keys()], find: (name) => byName.get(name) };
}
