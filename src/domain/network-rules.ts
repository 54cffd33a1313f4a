/**
 * The card networks' published rules, as rows of `data/network-retry-rules.json`: typed, and chosen by date. A row is in
 * force when `effective_from` ≤ the date < `effective_to`; null means always. Only look-ups: what follows from a row is
 * decided in `decline.ts`.
 */
import rules from '../../data/network-retry-rules.json' with { type: 'json' };
import { assert } from '../lib/assert.ts';
import type { DeclineCode } from './decline-codes.ts';

/** What an answer asks for. The order in the data's `precedence` says which of several wins. */
export type Effect = 'never' | 'stop' | 'authenticate' | 'fix_data' | 'stop_charge' | 'wait' | 'none';

interface Dated {
  effective_from: string | null;
  effective_to: string | null;
}

interface Answer {
  network: string;
  response?: string | undefined;
  advice?: string | undefined;
  on: string;
}

export interface AdviceRow extends Dated {
  network: string;
  code: string;
  action: Effect;
  wait_hours: number | null;
  rule: string | null;
}

export interface BlockRow extends Dated {
  id: string;
  network: string;
  match: {
    category?: number;
    not_response_codes?: readonly string[];
    response_codes?: readonly string[];
    advice_codes?: readonly string[];
    decline_classes?: readonly string[];
    not_decline_codes?: readonly string[];
  };
  customer_present: 'never' | 'one_time_only' | 'after_24h';
  revokes: 'none' | 'mandates_of_card' | 'by_code';
}

/** How many declines a network tolerates within a window. */
export interface CapRow extends Dated {
  id: string;
  network: string;
  /** Published for the record, not applied. */
  enforced: boolean;
  limit: number;
  window: { unit: string; count: number };
  /** What the count is of: the card, or one amount in one currency with it. */
  key: readonly string[];
  setting: string | null;
  setting_range: readonly number[] | null;
}

/** What stops the charges of one mandate, or of every mandate of a method, until something is mended. */
export interface HoldRow extends Dated {
  id: string;
  key: 'mandate' | 'payment_method';
  lifted_by: 'customer_present_success' | 'payment_method_update';
}

interface ResponseRow extends Dated {
  network: string;
  code: string;
  category: number | null;
  decline_code: string;
}

export const precedence = rules.precedence as readonly Effect[];
export const unlistedCode = rules.unlisted_response_code as DeclineCode;
const adviceRows = rules.advice_codes as readonly AdviceRow[];
const blockRows = rules.blocks as readonly BlockRow[];
const caps = rules.caps as readonly CapRow[];
const holds = rules.holds as readonly HoldRow[];
const responseRows = rules.response_codes as readonly ResponseRow[];

/** ISO dates compare as text. */
function inForce(row: Dated, on: string): boolean {
  return (row.effective_from ?? '') <= on && (row.effective_to === null || on < row.effective_to);
}

/** What the response code says: the combination with the advice first, then the network's own row, then everybody's. */
export function responseRow(answer: Answer): { declineCode: DeclineCode; category: number | null } | undefined {
  const { network, response, advice, on } = answer;
  if (response === undefined) return undefined;
  const rows = responseRows.filter((row) => row.code === response && inForce(row, on));
  const row = rows.find((each) => each.network === network) ?? rows.find((each) => each.network === '*');
  const together = rules.combinations.find(
    (each) => each.network === network && each.advice_code === advice && each.response_codes.includes(response),
  );
  const declineCode = together?.decline_code ?? row?.decline_code;
  return declineCode === undefined
    ? undefined
    : { declineCode: declineCode as DeclineCode, category: row?.category ?? null };
}

/** The row of the advice code, if its network gives it that meaning on that date. */
export function adviceRow({ network, advice, on }: Answer): AdviceRow | undefined {
  return adviceRows.find((row) => row.network === network && row.code === advice && inForce(row, on));
}

/** From and to how many declines a tenant may set a cap: `retry_caps.visa_30d`, ... */
export function settingRange(setting: string): { min: number; max: number } {
  const range = caps.find((row) => row.setting === setting)?.setting_range;
  const [min, max] = range ?? [];
  assert(min !== undefined && max !== undefined, `the range of ${setting}`);
  return { min, max };
}

/** The caps that are applied to a network's cards on a date: its own, or everybody's where it has none. */
export function capRows(network: string, on: string): readonly CapRow[] {
  const rows = caps.filter((row) => row.enforced && inForce(row, on));
  const own = rows.filter((row) => row.network === network);
  return own.length > 0 ? own : rows.filter((row) => row.network === '*');
}

/** The block of that id, as it was or is in force on a date. */
export function blockRow(id: string, on: string): BlockRow | undefined {
  return blockRows.find((row) => row.id === id && inForce(row, on));
}

/** The hold of that id. */
export function holdRow(id: string, on: string): HoldRow | undefined {
  return holds.find((row) => row.id === id && inForce(row, on));
}

/** The blocks that an outcome puts on a card: by its class on every network, by its words where a bank spoke. */
export function matchingBlocks(outcome: {
  code: DeclineCode;
  class: string;
  answer?: Answer | undefined;
}): readonly BlockRow[] {
  const { answer } = outcome;
  return blockRows.filter((block) => {
    if (block.network !== '*' && block.network !== answer?.network) return false;
    if (answer !== undefined && !inForce(block, answer.on)) return false;
    return matches(block.match, outcome);
  });
}

function matches(
  match: BlockRow['match'],
  { code, class: itsClass, answer }: { code: DeclineCode; class: string; answer?: Answer | undefined },
): boolean {
  const { response = '', advice = '' } = answer ?? {};
  const byClass = match.decline_classes?.includes(itsClass) && !match.not_decline_codes?.includes(code);
  const byCategory =
    match.category !== undefined &&
    answer !== undefined &&
    responseRow(answer)?.category === match.category &&
    !match.not_response_codes?.includes(response);
  const byWords = match.response_codes?.includes(response) || match.advice_codes?.includes(advice);
  return Boolean(byClass || byCategory || byWords);
}
