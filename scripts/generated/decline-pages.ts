/**
 * Makes the pages about declines: one a code, an index, and the rules of the networks. All from the data that the program decides
 * with, so that a page cannot say anything else than what happens.
 */
import rules from '../../data/network-retry-rules.json' with { type: 'json' };
import cards from '../../data/sandbox-cards.json' with { type: 'json' };
import {
  DECLINE_CODES,
  type DeclineClass,
  type DeclineCode,
  declineSpec,
  merchantMessage,
  retryAfterDecline,
} from '../../src/domain/decline.ts';
import { consequencesOf } from '../../src/domain/holds.ts';
import { HOUR, type Timestamp } from '../../src/lib/time.ts';
import { CLASSES, FIXERS, MEANINGS, SCHEDULER } from './decline-words.ts';

const MADE = '<!-- Made by `npm run generate` from data/ and scripts/generated/decline-words.ts; do not edit. -->';
const AT = Date.parse(`${rules.as_of}T12:00:00Z`) as Timestamp;
const sorted = [...DECLINE_CODES].sort();

interface Page {
  path: string;
  make(): string;
}

/** Every page about declines. */
export const DECLINE_PAGES: readonly Page[] = [
  { path: 'docs/declines/README.md', make: indexPage },
  ...sorted.map((code) => ({ path: `docs/declines/${code}.md`, make: () => codePage(code) })),
];

function codePage(code: DeclineCode): string {
  const spec = declineSpec(code);
  const rows = [
    ['Class', `\`${spec.class}\`: ${CLASSES[spec.class].what}`],
    ['Who can mend it', FIXERS[spec.fixer]],
    ['What the payer reads', `“${merchantMessage(code)}”`],
    ['After a charge without the payer', retryText(code)],
    ['After a payment on the page', presentText(code)],
    ['A subscription', schedulerText(code)],
    ['The mandate', mandateText(code)],
  ];
  return `${MADE}
# ${code}

${MEANINGS[code]}

| | |
|---|---|
${rows.map(([name, text]) => `| ${name} | ${text} |`).join('\n')}

**What you do.** ${CLASSES[spec.class].you}

${answersText(code)}
${cardsText(code)}
All codes: [declines](README.md). What a network’s own rules and advice add: [network rules](../network-rules.md).
`;
}

/** The public `retry` of the plain code, without advice of a network. */
function retryOf(code: DeclineCode, initiator: 'customer' | 'merchant') {
  return retryAfterDecline({ code, initiator, startsSeries: false, at: AT });
}

function retryText(code: DeclineCode): string {
  const { allowed, after } = retryOf(code, 'merchant');
  const { hold, blocks } = consequences(code);
  if (allowed && after === undefined) return '`retry.allowed` true, once the request is corrected';
  if (allowed) return `\`retry.allowed\` true, \`retry.after\` ${((after as number) - AT) / HOUR} hours later`;
  if (hold !== undefined) return `\`retry.allowed\` false: \`${hold.rule}\` stops charges until it is lifted`;
  if (blocks.length > 0) return `\`retry.allowed\` false: \`${blocks[0]}\` closes the card for charges`;
  return '`retry.allowed` false';
}

function presentText(code: DeclineCode): string {
  const { allowed, after } = retryOf(code, 'customer');
  if (after !== undefined) return `the same card not before ${(after - AT) / HOUR} hours later`;
  if (!allowed) return 'never again with the same card';
  return declineSpec(code).class === 'consent'
    ? 'the same card for one-time payments only'
    : 'the same card may be tried again';
}

function schedulerText(code: DeclineCode): string {
  const { mitRetry } = declineSpec(code);
  const { revokes, hold, blocks } = consequences(code);
  if (revokes) return 'is cancelled with its mandate';
  const stops = mitRetry === 'needs_new_data' || mitRetry === 'never';
  if (stops && hold === undefined && blocks.length === 0) return 'gives this due date up and goes on with the next';
  return SCHEDULER[mitRetry];
}

function mandateText(code: DeclineCode): string {
  const { revokes, hold, blocks } = consequences(code);
  if (revokes) return 'every active mandate of the card is revoked (`network_revocation`)';
  if (hold?.of === 'mandate')
    return 'this mandate gets a `charge_hold`, lifted by `customer_present_success` or another card';
  if (hold !== undefined)
    return 'every mandate of the payment method gets a `charge_hold`, lifted by `payment_method_update` or another card';
  if (blocks.length > 0)
    return 'every active mandate of the card gets a `charge_hold`, lifted by an `operator` or another card';
  return 'stays as it is';
}

function consequences(code: DeclineCode) {
  return consequencesOf({ code, stage: 'issuer', raw: {}, network: '*', initiator: 'merchant', at: AT });
}

/** The answers of a bank that mean this code. */
function answersText(code: DeclineCode): string {
  const plain = rules.response_codes
    .filter((row) => row.decline_code === code)
    .map((row) => `| ${networkName(row.network)} | \`${row.code}\` | | ${row.effective_from ?? 'always'} |`);
  const together = rules.combinations
    .filter((row) => row.decline_code === code)
    .map(
      (row) =>
        `| ${networkName(row.network)} | ${row.response_codes.map((one) => `\`${one}\``).join(', ')} | \`${row.advice_code}\` | always |`,
    );
  const rows = [...plain, ...together];
  if (rows.length === 0)
    return 'No answer of a bank means this code by itself: it comes from the processor, or from us.\n';
  const unlisted = code === rules.unlisted_response_code ? '\nSo does every answer that is in no list.\n' : '';
  return `| Network | Response | With advice | Since |\n|---|---|---|---|\n${rows.join('\n')}\n${unlisted}`;
}

function cardsText(code: DeclineCode): string {
  const numbers = cards
    .filter((card) => 'decline_code' in card && card.decline_code === code)
    .map((card) => card.number);
  if (numbers.length === 0) return '';
  const shown = numbers.slice(0, 4).map((number) => `\`${number}\``);
  return `Test cards that end so: ${shown.join(', ')}.\n`;
}

export function networkName(network: string): string {
  const names: Record<string, string> = { visa: 'Visa', mastercard: 'Mastercard', '*': 'every network' };
  return names[network] ?? network;
}

function indexPage(): string {
  const rows = sorted.map((code) => {
    const spec = declineSpec(code);
    return `| [\`${code}\`](${code}.md) | \`${spec.class}\` | ${FIXERS[spec.fixer]} | ${MEANINGS[code]} |`;
  });
  const classes = (Object.keys(CLASSES) as DeclineClass[]).map(
    (name) => `| \`${name}\` | ${CLASSES[name].what} | ${CLASSES[name].you} |`,
  );
  return `${MADE}
# Declines

Whatever a bank, a network or a processor says, \`last_payment_error\` of a session and a payment says it in one form:

| Field | |
|---|---|
| \`error_code\` | \`payment_declined\`, or \`processor_unavailable\` when nothing was sent |
| \`decline_code\` | one of the ${sorted.length} codes below: one word a cause, on every network |
| \`class\` | what kind of cause: decide by it if you do not want to know every code |
| \`message\` | a sentence for people, the same the payer reads |
| \`retry.allowed\` | after a charge without the payer: whether the next one may be made at all. After a payment on the page: whether the same card may be tried there again |
| \`retry.after\` | not before then. Waits of a network and caps are enforced; those of the house bind subscriptions, and advise you |

An attempt that a rule of the network forbids is never sent: the API answers 422 \`retry_not_allowed\` with the \`rule\`, the date since
which it is in force (\`rule_effective_from\`), \`retry_after\` if time alone lifts it, and \`lifted_by\` if something else does. On the page
the card is refused with “Use another card”. Which rules there are: [network rules](../network-rules.md).

| Class | | What you do |
|---|---|---|
${classes.join('\n')}

| Code | Class | Who can mend it | |
|---|---|---|---|
${rows.join('\n')}
`;
}
