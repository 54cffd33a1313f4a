/** Which ways to pay a session or a question of the merchant's gets: the facts of the tenant for the decision in `domain/`. */
import type { Attempt } from '../domain/attempt.ts';
import type { CheckoutSettings } from '../domain/checkout-settings.ts';
import { declineSpec, isDeclineCode } from '../domain/decline.ts';
import type { PaymentMethodType } from '../domain/payment-method-types.ts';
import {
  type LeftOutReason,
  METHOD_CAPABILITIES,
  type MethodCapability,
  type MethodQuestion,
  type MethodRules,
  offeredMethods,
} from '../domain/payment-methods.ts';
import type { Session } from '../domain/session.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Context } from './context.ts';

/** What the tenant's processor takes; absent where it has none. */
export function processorRules({ tenant, processors }: Context): MethodRules['processor'] {
  return tenant.sealedCredentials === undefined ? undefined : processors.find(tenant.processor)?.capabilities;
}

/** What a select field of a method offers: the processor's own list. */
export function choicesOf(
  { tenant, processors }: Context,
  type: PaymentMethodType,
): readonly { value: string; label: string }[] {
  return type === 'card' ? [] : (processors.find(tenant.processor)?.capabilities.choices?.[type] ?? []);
}

/** Every way to pay there is, as it stands for a question of the merchant's: first what is offered, in the order of the page. */
export async function methodTypesFor(
  context: Context,
  question: Omit<MethodQuestion, 'https'>,
): Promise<
  { capability: MethodCapability; reasons: readonly LeftOutReason[]; choices: ReturnType<typeof choicesOf> }[]
> {
  const settings = context.tenant.checkoutSettings;
  const https = context.checkoutUrl.startsWith('https:');
  const rules = { settings, processor: processorRules(context) };
  const { offered, leftOut } = offeredMethods({ ...question, https }, rules, context.at);
  return [...offered.map(({ type }) => ({ type, reasons: [] })), ...leftOut].map(({ type, reasons }) => ({
    capability: METHOD_CAPABILITIES[type],
    reasons,
    choices: choicesOf(context, type),
  }));
}

/** What a session offers now, and why it leaves out the rest. */
export function methodsOfSession(
  context: Context,
  session: Session,
  facts: { attempts: readonly Attempt[]; settings: CheckoutSettings },
): ReturnType<typeof offeredMethods> {
  const { options } = session;
  const question: MethodQuestion = {
    amountMinor: session.amountMinor,
    currency: session.currency,
    type: session.type === 'first_in_series' ? 'first_in_series' : 'one_time',
    mandateType: options.mandate?.type,
    captureMethod: options.captureMethod,
    presentationMode: options.presentationMode,
    hasReturnUrl: session.returnUrl !== undefined,
    https: context.checkoutUrl.startsWith('https:'),
  };
  const { settings, attempts } = facts;
  return offeredMethods(
    question,
    { settings, processor: processorRules(context), failedAt: failedAt(attempts) },
    context.at,
  );
}

/** When each way to pay last turned out not to work, in this session. */
function failedAt(attempts: readonly Attempt[]): Partial<Record<PaymentMethodType, Timestamp>> {
  const found: Partial<Record<PaymentMethodType, Timestamp>> = {};
  for (const { method, decline, settledAt } of attempts) {
    const code = decline?.code ?? '';
    const down = isDeclineCode(code) && declineSpec(code).customerTextKey === 'decline.method_down';
    if (down && settledAt !== undefined) found[method?.type ?? 'card'] = settledAt;
  }
  return found;
}
