/** Makes `docs/network-rules.md`: every rule that can refuse an attempt, with its id, dates and limits, from the data. */
import rules from '../../data/network-retry-rules.json' with { type: 'json' };
import { networkName } from './decline-pages.ts';

type Block = (typeof rules.blocks)[number];

export function networkRulesPage(): string {
  return `<!-- Made by \`npm run generate\` from data/network-retry-rules.json; do not edit. -->
# Network rules

Card networks fine merchants who try again what a bank has refused. Tender keeps to their rules before anything is sent, for charges
without the payer and payments on the page together: a forbidden charge answers 422 \`retry_not_allowed\` and names its rule, a
forbidden card on the page is refused there, a subscription skips the due date.

Everything here is counted by card, not by how often it was saved: saving a card again, or as another customer, changes nothing. Rules
of this list are as of ${rules.as_of}. Each holds from its first day, 00:00 UTC, to its last; a refusal quotes the rule and its first day.
Networks do not publish their rule books in full: dates and numbers are those that processors published, and where they differ the
stricter one counts.

## Caps

What counts is every decline that came back from the network, also of a verification. What does not: our own refusals, authentication
that failed without an answer of the bank, and what was never sent. A success resets nothing. An attempt under way with a card that was
declined lately counts until its end is known.

| Rule | Network | Since | Declines | Within | Of | Setting |
|---|---|---|---|---|---|---|
${rules.caps.map(capRow).join('\n')}

## Waits

Mastercard's advice code comes beside the response. A wait binds the same card, amount and currency; \`retry_after\` is its end.

| Advice | Means | Does | Rule | Since |
|---|---|---|---|---|
${rules.advice_codes.map(adviceRow).join('\n')}

Unknown advice does nothing.

## Blocks

A block closes the card itself. It is written with the decline, whoever made the attempt, and puts a \`charge_hold\` on every active mandate
of the card. Only an operator lifts it, after the bank said that it was a mistake: \`tender cards unblock\`, which keeps who did it
and why. Another card, entered for the mandate with \`replaces_mandate_id\`, is not blocked; nor is a new number from the card updater.

| Rule | Network | Since | Set by | Without the payer | Payer present | Mandates of the card |
|---|---|---|---|---|---|---|
${rules.blocks.map(blockRow).join('\n')}

## Holds

A hold stops charges without the payer, and nothing else. It is seen as \`charge_hold\` of the mandate.

| Rule | Set by | Stops | Lifted by |
|---|---|---|---|
${rules.holds.map(holdRow).join('\n')}

## Of several

Of several effects of one answer the first counts: ${rules.precedence.map((effect) => `\`${effect}\``).join(', ')}. Of several waits the
longest. An answer that is in no list is \`${rules.unlisted_response_code}\`, which never closes a card. Where network and house say the
same, the network's rule is named.
`;
}

function capRow(row: (typeof rules.caps)[number]): string {
  const { id, network, effective_from, enforced, limit, window, key, setting, setting_range } = row;
  const within = `${window.count} ${window.unit === 'hour' ? 'hours' : 'days'}`;
  const set = setting === null ? '' : `\`${setting}\` ${setting_range?.join('–')}`;
  const shown = enforced ? String(limit) : `${limit}, published but not applied`;
  return `| \`${id}\` | ${network === '*' ? 'every other' : networkName(network)} | ${since(effective_from)} | ${shown} | ${within} | ${key.join(', ')} | ${set} |`;
}

const ACTIONS: Record<string, string> = {
  none: 'nothing',
  fix_data: 'hold until the data are new',
  stop_charge: 'ends this due date',
  stop: 'block, mandates revoked',
  never: 'block',
};

function adviceRow(row: (typeof rules.advice_codes)[number]): string {
  const does = row.action === 'wait' ? `wait ${row.wait_hours} h` : ACTIONS[row.action];
  return `| \`${row.code}\` | ${row.meaning} | ${does} | ${row.rule === null ? '' : `\`${row.rule}\``} | ${since(row.effective_from)} |`;
}

const PRESENT: Record<string, string> = {
  never: 'never again',
  one_time_only: 'one-time payments only',
  after_24h: 'after 24 hours',
};
const REVOKES: Record<string, string> = {
  none: 'held',
  mandates_of_card: 'revoked',
  by_code: 'revoked, or held after `stop_payment_order`',
};

function blockRow(row: Block): string {
  const { id, network, effective_from, customer_present, revokes } = row;
  return `| \`${id}\` | ${networkName(network)} | ${since(effective_from)} | ${setBy(row)} | never again | ${PRESENT[customer_present]} | ${REVOKES[revokes]} |`;
}

function setBy({ match, network }: Block): string {
  if ('category' in match && match.category !== undefined) {
    const codes = rules.response_codes.filter(
      (row) =>
        row.network === network && row.category === match.category && !match.not_response_codes?.includes(row.code),
    );
    return `response ${list(codes.map((row) => row.code))}`;
  }
  if ('response_codes' in match && match.response_codes) return `response ${list(match.response_codes)}`;
  if ('advice_codes' in match && match.advice_codes) return `advice ${list(match.advice_codes)}`;
  const less = 'not_decline_codes' in match && match.not_decline_codes ? `, less ${list(match.not_decline_codes)}` : '';
  return `class ${list(('decline_classes' in match && match.decline_classes) || [])}${less}`;
}

function holdRow(row: (typeof rules.holds)[number]): string {
  const advice =
    'advice_codes' in row.match && row.match.advice_codes ? `, advice ${list(row.match.advice_codes)}` : '';
  const stops = row.key === 'mandate' ? 'this mandate' : 'every mandate of the payment method';
  return `| \`${row.id}\` | class ${list(row.match.decline_classes)}${advice} of a charge | ${stops} | \`${row.lifted_by}\`, or another card |`;
}

function since(date: string | null): string {
  return date ?? 'always';
}

function list(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(' ');
}
