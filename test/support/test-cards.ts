/** Test cards by what their bank says: the families in which any answer can be typed. */
import { luhnDigit } from '../../src/lib/luhn.ts';

const PREFIXES = { visa: '400000', mastercard: '555555', jcb: '353011' } as const;
const LETTERS: Record<string, string> = { R0: '900', R1: '901', R3: '903', '1A': '951', N7: '937' };

export type Scheme = keyof typeof PREFIXES;

/** A card of family 97: approved while its payer is present, every charge without the payer answered so. */
export function declinesCharges(scheme: Scheme, response: string, advice = '00'): string {
  return family(scheme, '97', `${caseOf(response)}${advice}`);
}

/** A card of family 99: declined whoever asks. */
export function alwaysDeclined(scheme: Scheme, response: string, advice = '00'): string {
  return family(scheme, '99', `${caseOf(response)}${advice}`);
}

/** A card of the families 93 (authentication) and 95 (later steps) by its case. */
export function inFamily(scheme: Scheme, group: '93' | '95', number: string): string {
  return family(scheme, group, `${number}00`);
}

function caseOf(response: string): string {
  return LETTERS[response] ?? response.padStart(3, '0');
}

function family(scheme: Scheme, group: string, digits: string): string {
  const payload = `${PREFIXES[scheme]}${group}${digits}`.padEnd(15, '0');
  return payload + luhnDigit(payload);
}
