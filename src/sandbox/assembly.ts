/** Puts a sandbox together over one data folder: book, world, clock, faults, outbox. Nothing here listens to a network. */
import { mkdirSync } from 'node:fs';
import { type Account, type AccountFile, accountFile } from './accounts.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import type { Timer } from './answer-faults.ts';
import { openBook } from './book.ts';
import { lockBook } from './book-file.ts';
import { createChance } from './chance.ts';
import { type Charge, methodName, type Operation } from './charge.ts';
import { type Context, schedule } from './context.ts';
import { runDue, stillDue } from './due.ts';
import { createFaults, type Faults } from './faults.ts';
import type { Disk } from './group-commit.ts';
import { createOutbox } from './outbox.ts';
import { createJournal, createWorld, type Notice, replayLine, type World } from './world.ts';

const DAY_MS = 86_400_000;

export interface AssemblyOptions {
  folder: string;
  seed?: string;
  sync: 'always' | 'off';
  bookMaxBytes: number;
  authorizationDays: number;
  now: () => number;
  timer: Timer;
  disk: Disk;
  say: (words: string) => void;
  onFatal: (error: Error) => void;
  /** The sandbox's own origin, once it listens. */
  base: () => string;
  /** The server shall be gone for so many seconds. */
  onOutage: (seconds: number) => void;
}

export interface Assembly {
  context: Context;
  file: AccountFile;
  /** Puts everything that will happen by itself on the agenda. Call once, when ready to act on it. */
  resume(): void;
  /** Ends timers and sending, writes what is queued, gives the folder back. */
  close(): Promise<void>;
}

/** Opens `folder`, reading its book back. Throws a BookError where the book is damaged or held by another process. */
export function assemble(options: AssemblyOptions): Assembly {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const unlock = lockBook(options.folder);
  try {
    return assembleLocked(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function assembleLocked(options: AssemblyOptions, unlock: () => void): Assembly {
  const file = accountFile(options.folder);
  const stored = file.read();
  // Faults draw under the seed, which is known only once the book is open; their lines come before that.
  const early: Parameters<Faults['apply']>[0][] = [];
  let onFault: Faults['apply'] = (line) => early.push(line);
  const world = createWorld(stored, (line) => onFault(line));
  const { seed } = options;
  const book = openBook({ ...options, maxBytes: options.bookMaxBytes, ...(seed !== undefined && { seed }) }, (line) =>
    replayLine(world, line),
  );
  // An account that the book does not know belongs to a book that was deleted.
  for (const account of stored.values()) if (!account.known) stored.delete(account.id);

  const nowOf = (account: string): number => options.now() + (world.accounts.get(account)?.offset ?? 0);
  const journal = createJournal(world, book, nowOf);
  const chance = createChance(book.seed);
  const faults = createFaults({ chance, journal: (line) => journal.fault(line), onOutage: options.onOutage });
  onFault = faults.apply;
  for (const line of early) faults.apply(line);

  const agenda = createAgenda({
    nowOf,
    timer: options.timer,
    stillDue: (item) => stillDue(world, item),
    onDue: (account, item) => runDue(context, account, item),
  });
  const context: Context = {
    ...{ world, book, journal, chance, agenda, faults, nowOf },
    authorizationMs: options.authorizationDays * DAY_MS,
    accountByKey: keyIndex(world),
    outbox: createOutbox({
      ...{ world, chance, nowOf, now: options.now, base: options.base },
      fault: (charge, operation) => noticeFault(faults, world, { charge, operation }),
      settled: (notice, state, next) => settleNotice(context, notice, { state, next }),
      later: (notice) => agenda.add(notice.account, { at: notice.next, kind: 'notice', ref: notice.id }),
    }),
  };
  return {
    context,
    file,
    resume: () => resume(context, agenda),
    async close() {
      agenda.close();
      context.outbox.close();
      await book.close();
      unlock();
    },
  };
}

/** Accounts by merchant key, found once and remembered: keys never change. */
function keyIndex(world: World): (key: string) => Account | undefined {
  const byKey = new Map<string, Account>();
  return (key) => {
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const found = [...world.accounts.values()].find((account) => account.merchant_key === key);
    if (found !== undefined) byKey.set(key, found);
    return found;
  };
}

function noticeFault(
  faults: Faults,
  world: World,
  about: { charge: Charge; operation: Operation },
): ReturnType<Faults['fire']> {
  const { charge, operation } = about;
  const { card } = charge;
  return faults.fire('notify', {
    account: charge.account,
    accountName: world.accounts.get(charge.account)?.name ?? '',
    operations: ['notify', operation],
    key: charge.key,
    use: charge.version,
    method: methodName(charge),
    ...(card !== undefined && { scheme: card.schemes[0] ?? '', last4: card.last4, behaviour: card.behaviour }),
    initiator: charge.initiator,
    reference: charge.reference,
    value: charge.value,
  });
}

function settleNotice(
  context: Context,
  notice: Notice,
  about: { state: 'delivered' | 'again' | 'given_up'; next: number },
): void {
  const { account, id } = notice;
  const tries = notice.tries + 1;
  const again = about.state === 'again';
  context.journal.notice({ account, id, state: about.state, tries, ...(again && { next: about.next }) });
  if (again) context.agenda.add(account, { at: about.next, kind: 'notice', ref: id });
}

function resume(context: Context, agenda: Agenda): void {
  for (const charge of context.world.charges.values()) schedule(context, charge);
  for (const [ref, entry] of context.world.keys) {
    if (entry.late !== undefined) agenda.add(entry.account, { at: entry.late.due, kind: 'late', ref });
  }
  for (const { account, id: ref, next } of context.world.notices.values())
    agenda.add(account, { at: next, kind: 'notice', ref });
}
