/**
 * Deciding a charge with a method beyond cards: the question to the payer, what a refusal makes of it, and what bank, wallet, phone
 * or till answer. Pure but for draws of chance, like `charging.ts`, which says when each of these is asked.
 */
import { digits } from './chance.ts';
import type { Charge, Decision } from './charge.ts';
import type { Context } from './context.ts';
import { BANKS, DEADLINES_S, type OtherMethod, phoneAnswer, voucherCode } from './other-methods.ts';

/** Puts the question to the payer: every method beyond cards begins with one. */
export function openMethodAction(
  context: Context,
  charge: Charge,
  about: { method: OtherMethod; returnUrl: string; now: number },
): Charge {
  const { method, now } = about;
  const account = context.world.accounts.get(charge.account);
  const due = now + (account?.action_deadlines ?? DEADLINES_S)[method.type] * 1000;
  const { answer } = phoneAnswer(method, { asked: now, deadline: due });
  const page = pageKey(context, charge, method);
  const action = { page, kind: 'other' as const, due, return_url: about.returnUrl, ...(answer && { answer }) };
  return { ...charge, status: 'action_required', action };
}

function pageKey(context: Context, charge: Charge, method: OtherMethod): string {
  if (method.type !== 'voucher') return context.chance.draw('page', charge.id).toString('hex', 0, 16);
  const { pages } = context.world;
  return voucherCode(context.chance, charge.id, (code) => (pages.get(code) ?? charge.id) !== charge.id);
}

/** What ends a charge without anybody being asked for money; undefined where the bank is to be asked. Codes are those of ISO 8583. */
export function stoppedMethod(decision: Decision): Partial<Charge> | undefined {
  switch (decision) {
    case 'approve':
      return undefined;
    case 'deadline':
      return { status: 'declined', reason: 'action_expired' };
    case 'wrong_pin':
      return { status: 'declined', code: '55' };
    case 'no_money':
      return { status: 'declined', code: '51' };
    default:
      return { status: 'declined', reason: 'cancelled_by_payer' };
  }
}

/** The answer to an approved question. `last`: nothing is put off any more. */
export function methodAnswer(context: Context, charge: Charge, about: { now: number; last: boolean }): Partial<Charge> {
  const { method } = charge;
  const later = method?.type === 'pay_by_bank' && !about.last ? BANKS[method.bank].later : undefined;
  if (later !== undefined) {
    const { ms, end } = later;
    const pending = { due: about.now + ms, end, ...(end === 'declined' && { code: '05' }) };
    return { status: 'pending', pending };
  }
  const fault = charge.bank_fault;
  const percent = fault?.kind === 'partial_approval' ? fault.percent : 100;
  return {
    status: 'approved',
    code: '00',
    approval: digits(context.chance.draw('approval', charge.id), 0, 6),
    approved: Math.floor((charge.value * percent) / 100),
    approved_at: about.now,
  };
}
