/** Every command of `tender`, in the order of its help. Each is declared in a file of its own and loads its code when it runs. */
import type { Command } from './command.ts';
import { accounts } from './commands/accounts.ts';
import { cards } from './commands/cards.ts';
import { check } from './commands/check.ts';
import { clock } from './commands/clock.ts';
import { completion } from './commands/completion.ts';
import { dev } from './commands/dev.ts';
import { doctor } from './commands/doctor.ts';
import { events } from './commands/events.ts';
import { faults } from './commands/faults.ts';
import { keys } from './commands/keys.ts';
import { listen } from './commands/listen.ts';
import { logs } from './commands/logs.ts';
import { mandates, subscriptions } from './commands/mandates.ts';
import { migrate } from './commands/migrate.ts';
import { payments, refunds } from './commands/payments.ts';
import { sandbox } from './commands/sandbox.ts';
import { seed } from './commands/seed.ts';
import { serve, worker } from './commands/serve.ts';
import { sessions } from './commands/sessions.ts';
import { trigger } from './commands/trigger.ts';
import { webhooks } from './commands/webhooks.ts';

export const commands: readonly Command[] = [
  dev,
  serve,
  worker,
  migrate,
  check,
  keys,
  accounts,
  cards,
  sessions,
  payments,
  refunds,
  mandates,
  subscriptions,
  events,
  webhooks,
  listen,
  trigger,
  seed,
  logs,
  doctor,
  clock,
  faults,
  sandbox,
  completion,
];
