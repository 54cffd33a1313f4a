/**
 * How to pay: saved cards, other methods and a new card in one group to choose from, and the fields of each other method, rendered from its
 * record. Panels fold by the radio buttons and CSS alone; where a browser does not know how, all stand open and the server ignores the rest.
 */
import type { OfferedMethodView } from '../../../app/checkout-door.ts';
import { METHOD_CAPABILITIES, type MethodField, orderOnPage } from '../../../domain/payment-methods.ts';
import { attribute, type Html, html, type Part } from '../../html.ts';
import { brandMark } from '../brand-marks.ts';
import { methodName } from '../method-words.ts';
import { cardText, expiryText, type PageContext } from '../page-context.ts';
import { offersCards } from '../state.ts';
import { errorOf, errorText, field } from './fields.ts';

/** The value of `payment_method` that stands ready: what was chosen, what the decline calls for, else the first usable. */
export function chosenMethod(context: PageContext): string {
  const { view, kept } = context;
  const { situation } = view;
  const usable = usableSaved(context);
  const keptCard = view.keptCard && offersCards(view) ? ['kept_card'] : [];
  const fresh = freshChoices(context);
  const before = kept?.values.payment_method;
  if (kept?.errors.length) {
    // A good number beside another mistake is kept sealed; asking for it again would ask twice.
    const numberWasGood = before === 'card' && !kept.errors.some((e) => e.name === 'card_number');
    if (numberWasGood && keptCard[0]) return keptCard[0];
  } else if (situation.kind === 'declined') {
    return afterDecline(context, situation, { usable, keptCard, fresh });
  }
  return stillUsable(before, [...usable, ...keptCard, ...fresh]) ?? usable[0] ?? keptCard[0] ?? fresh[0] ?? 'card';
}

type Declined = Extract<PageContext['view']['situation'], { kind: 'declined' }>;
interface Usable {
  usable: readonly string[];
  keptCard: readonly string[];
  /** A new card first, if cards are offered; then the other methods. */
  fresh: readonly string[];
}

/** What the table of declines calls for next. */
function afterDecline({ kept }: PageContext, situation: Declined, { usable, keptCard, fresh }: Usable): string {
  const before = kept?.values.payment_method;
  const { method } = situation;
  const first = fresh[0] ?? 'card';
  if (method !== undefined) {
    if (situation.class === 'method_down') return fresh.find((one) => one !== method.type) ?? usable[0] ?? first;
    return stillUsable(method.type, fresh) ?? usable[0] ?? first;
  }
  const again = ['security_code', 'authentication', 'busy'].includes(situation.class);
  if (again) return keptCard[0] ?? stillUsable(before, usable) ?? first;
  if (situation.class === 'method_down') return fresh.find((one) => one !== 'card') ?? first;
  if (situation.class !== 'authentication_left') return first;
  return keptCard[0] ?? stillUsable(before, usable) ?? usable[0] ?? first;
}

function usableSaved({ view }: PageContext): string[] {
  if (!offersCards(view)) return [];
  return view.savedMethods.filter((method) => !method.expired && !method.closed).map((method) => method.id);
}

function freshChoices({ view }: PageContext): string[] {
  const others = view.methods.filter(({ down }) => !down).map(({ type }) => type);
  return offersCards(view) ? ['card', ...others] : others;
}

function stillUsable(value: string | undefined, usable: readonly string[]): string | undefined {
  return value !== undefined && usable.includes(value) ? value : undefined;
}

interface Choice {
  value: string;
  part: string;
  title: string;
  /** Of a card. */
  scheme?: string;
  /** Of another method. */
  method?: true;
  hint?: string;
  disabled?: boolean;
}

/** The group of choices, or a hidden input where there is only one. */
export function methodChoice(context: PageContext, chosen: string): Html {
  const { t } = context;
  const choices = allChoices(context);
  const [only] = choices;
  if (choices.length <= 1) return html`<input type="hidden" name="payment_method" value="${only?.value ?? chosen}">`;
  const error = errorOf(context, 'payment_method');
  const onlyCards = choices.every((choice) => choice.method === undefined);
  return html`<fieldset class="choices" id="payment_method" tabindex="-1"${error && html` aria-describedby="payment_method-error"`}>
<legend${!onlyCards && html` class="vh"`}>${t.text(onlyCards ? 'form.choose' : 'form.choose_method')}</legend>
${error && errorText(context, error)}
${choices.map((choice) => row(choice, chosen))}
</fieldset>`;
}

function row(choice: Choice, chosen: string): Html {
  const { value, scheme } = choice;
  return html`<label class="choice" data-part="${choice.part}">
<input type="radio" name="payment_method" value="${value}"${attribute('data-scheme', scheme || undefined)}${attribute('data-method', choice.method)}${attribute('checked', value === chosen)}${attribute('disabled', choice.disabled)}>
<span class="words"><b>${choice.title}</b>${choice.hint !== undefined && html`<small>${choice.hint}</small>`}</span>
${scheme === undefined ? mark(value) : brandMark(scheme)}
</label>`;
}

/** True when nothing but one thing can be chosen, so that nothing folds. */
export function isOnlyChoice(context: PageContext): boolean {
  return allChoices(context).length <= 1;
}

function allChoices(context: PageContext): Choice[] {
  const { view, t } = context;
  const others = new Map(view.methods.map((method) => [method.type as string, method]));
  const cards = offersCards(view);
  const saved = cards ? savedChoices(context) : [];
  const title = t.text(saved.length === 0 ? 'form.card' : 'form.new_card');
  const fresh = orderOnPage(view.settings.methodOrder).flatMap((type): Choice[] => {
    if (type === 'card') return cards ? [{ value: 'card', part: 'another_card', title }] : [];
    const method = others.get(type);
    return method === undefined ? [] : [methodRow(context, method)];
  });
  return [...saved, ...fresh];
}

function methodRow({ t }: PageContext, { type, down }: OfferedMethodView): Choice {
  const hint = down ? t.text('method.down') : t.text(`method.${type}.hint`);
  return { value: type, part: 'method', method: true, title: methodName(t, type), hint, disabled: down };
}

function savedChoices({ t, view }: PageContext): Choice[] {
  const saved = view.savedMethods.map((method) => ({
    value: method.id,
    part: 'saved_methods',
    scheme: method.scheme,
    title: cardText(t, method),
    hint: method.expired
      ? t.text('form.saved_expired')
      : method.closed
        ? t.text('form.saved_closed')
        : t.text('form.saved_expires', { expiry: expiryText(method) }),
    disabled: method.expired || method.closed,
  }));
  const { keptCard } = view;
  if (!keptCard) return saved;
  const kept = { value: 'kept_card', part: 'kept_card', scheme: keptCard.scheme, title: cardText(t, keptCard) };
  const asksCode = view.settings.savedCardSecurityCode === 'required';
  const hint = asksCode ? t.text('form.kept_hint') : t.text('form.saved_expires', { expiry: expiryText(keptCard) });
  return [{ ...kept, hint }, ...saved];
}

/** The panels of the other methods: those with fields, and nothing for the rest. */
export function methodPanels(context: PageContext): Part {
  const open = isOnlyChoice(context);
  return context.view.methods.map((method): Part => {
    const { fields } = METHOD_CAPABILITIES[method.type];
    if (fields.length === 0 || method.down) return false;
    return html`<div class="fields method-fields${open && ' open'}" data-part="method_fields" data-method="${method.type}">
${fields.map((one) => methodField(context, method, one))}
</div>`;
  });
}

/** One field of a record. */
function methodField(context: PageContext, method: OfferedMethodView, spec: MethodField): Html {
  const { t } = context;
  const label = t.text(`field.${spec.words}`);
  if (spec.kind === 'select') {
    const choices = [{ value: '', label: t.text('field.bank.choose') }, ...(method.choices ?? [])];
    return field(context, { name: spec.name, label, kind: 'select', choices, attributes: html`` });
  }
  const attributes = html` dir="ltr" maxlength="40"${attribute('autocomplete', spec.autocomplete)}`;
  return field(context, { name: spec.name, label, hint: t.text('field.phone.hint'), kind: 'tel', attributes });
}

/** Quiet signs beside the choices that are no brand. */
function mark(value: string): Html {
  const paths: Record<string, Html> = {
    pay_by_bank: html`<path d="M9 10l10-5 10 5zM12 10v7M19 10v7M26 10v7M9 19h20"/>`,
    wallet_qr: html`<path d="M11 4h6v6h-6zM21 4h6v6h-6zM11 14h6v6h-6zM21 14h2v2h4M21 20h2M27 18v2"/>`,
    mobile_money: html`<path d="M14 3h10v18H14zM18 18h2"/>`,
    card: html`<path d="M9 5h20v14H9zM9 10h20M13 15h5"/>`,
    voucher: html`<path d="M11 3h16v18l-3-2-2.5 2-2.5-2-2.5 2-2.5-2-3 2zM15 8h8M15 12h8"/>`,
  };
  const path = paths[value] ?? html`<path d="M19 6v12M13 12h12"/>`;
  return html`<svg class="mark plus" viewBox="0 0 38 24" width="38" height="24" aria-hidden="true">${path}</svg>`;
}
