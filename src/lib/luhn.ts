/** The check digit of card numbers: the Luhn formula of ISO/IEC 7812-1, annex B. Text in, no number is ever kept. */

/** Sum of the Luhn formula over `digits`; the rightmost digit is doubled first when `doubleLast` is true. */
export function luhnSum(digits: string, doubleLast: boolean): number {
  let sum = 0;
  let double = doubleLast;
  for (let i = digits.length - 1; i >= 0; i--) {
    const digit = digits.charCodeAt(i) - 48;
    const term = double ? digit * 2 : digit;
    sum += term > 9 ? term - 9 : term;
    double = !double;
  }
  return sum;
}

/** True when the last of `digits` (ASCII digits only) is the check digit of those before it. */
export function passesLuhn(digits: string): boolean {
  return luhnSum(digits, false) % 10 === 0;
}

/** The digit that makes `payload` (ASCII digits only) pass when written behind it. */
export function luhnDigit(payload: string): string {
  return String((10 - (luhnSum(payload, true) % 10)) % 10);
}
