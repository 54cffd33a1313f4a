/**
 * Many payments at once while the bank misbehaves. Afterwards the faults are taken away, everything that is still open is waited for, and
 * both books are held against each other: nothing charged twice, nothing charged and told as failed.
 */
import type { Payment, PaymentSession } from '../../../sdk/src/tender.ts';
import { compareBooks } from './books.ts';
import { Play, type Stage } from './play.ts';

export interface Storm {
  payments: number;
  profile: string;
  seed: string;
  /** How many payers at once. */
  payers: number;
  onProgress(done: number): void;
}

export interface StormTold {
  ok: boolean;
  problems: string[];
  /** Payments that payers asked for. */
  asked: number;
  /** Charges that the bank made and kept. */
  charged: number;
  declined: number;
  /** Payments whose end was not known when the payer's page answered, and how many of them are known by now. */
  lost: number;
  found: number;
}

/** Plays it. Throws where server or sandbox cannot be asked. */
export async function storm(stage: Stage, asked: Storm): Promise<StormTold> {
  const play = new Play(stage);
  const firstRow = await stage.bank.lines();
  const armed = await stage.bank.profile(asked.profile, asked.seed);
  const sessions: PaymentSession[] = [];
  let lost = 0;
  let left = asked.payments;
  const expiry = await play.expiry();
  const payer = async (): Promise<void> => {
    while (left-- > 0) {
      const session = await play.session();
      const page = await play.pays(session, play.newCard(), { card_expiry: expiry });
      if (!/^(paid|declined|choose)/.test(page.state)) lost++;
      sessions.push(session);
      asked.onProgress(sessions.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(asked.payers, asked.payments) }, payer));
  } finally {
    for (const id of armed) await stage.bank.disarm(id).catch(() => undefined);
  }
  const payments = await settled(play, sessions);
  const open = payments.filter(isOpen).length;
  const { rows, differences } = await compareBooks(stage.bank, payments, firstRow);
  const charged = rows.filter((row) => row.kind === 'charge' && row.state === 'approved' && !row.reversed).length;
  const declined = payments.filter((payment) => payment.paid_amount === 0 && !isOpen(payment)).length;
  const problems = [...differences, ...(open === 0 ? [] : [`${open} payments are still under way.`])];
  return { ok: problems.length === 0, problems, asked: sessions.length, charged, declined, lost, found: lost - open };
}

/** Every payment as it stands once none is under way any more, or once patience has ended. */
async function settled(play: Play, sessions: readonly PaymentSession[]): Promise<Payment[]> {
  const done = new Map<string, Payment>();
  const ask = async (): Promise<true | undefined> => {
    for (const { id } of sessions) {
      if (done.has(id)) continue;
      const { payment_id } = await play.tender.paymentSessions.get(id);
      const payment = payment_id === undefined ? undefined : await play.tender.payments.get(payment_id);
      if (payment !== undefined && !isOpen(payment)) done.set(id, payment);
    }
    return done.size === sessions.length ? true : undefined;
  };
  await play.until('every payment came to its end', ask);
  return [...done.values()];
}

function isOpen({ status, review }: Payment): boolean {
  return review === undefined && /^(initiating|processing|pending_action)$/.test(status);
}
