/**
 * The page script, put together from the functions themselves: type-checked like all code, shared with the server where
 * both must agree, sent without a build step. What is not listed here does not exist in the browser.
 */
import {
  asciiDigits,
  CARD_BRANDS,
  groupDigits,
  numberFault,
  onlyDigits,
  schemeOf,
} from '../../../domain/card-brands.ts';
import { expiryParts } from '../../../domain/card-input.ts';
import { luhnSum, passesLuhn } from '../../../lib/luhn.ts';
import { goElsewhere } from './elsewhere.ts';
import { announce, byId, findPage, make, pause, show, showTruth } from './page-state.ts';
import { fillCard, offerTestCards, start } from './start.ts';
import { moreTime, pay, send, showAnswer, staysInPlace, watchForms } from './submit.ts';
import { faultOf, groupNumber, keepCaret, setError, showBrand, slashExpiry, watchTyping } from './typing.ts';
import { openBank, poll, recheck, seen, watchClock } from './waiting.ts';

/** Reading card input: also run on the server. */
export const SHARED_PARTS = [
  luhnSum,
  passesLuhn,
  asciiDigits,
  onlyDigits,
  schemeOf,
  groupDigits,
  numberFault,
  expiryParts,
] as const;

const PAGE_PARTS = [
  ...[announce, byId, findPage, make, pause, show, showTruth],
  ...[faultOf, groupNumber, keepCaret, setError, showBrand, slashExpiry, watchTyping],
  ...[moreTime, pay, send, showAnswer, staysInPlace, watchForms],
  ...[openBank, poll, recheck, seen, watchClock, goElsewhere],
  ...[fillCard, offerTestCards, start],
] as const;

/** The text of the script; with `more` functions, and what is called when the page is ready. */
export function pageScript(more: readonly unknown[] = [], calls = 'start();'): string {
  const table = `const CARD_BRANDS=${JSON.stringify(CARD_BRANDS)};`;
  return [table, ...[...SHARED_PARTS, ...PAGE_PARTS, ...more].map((part) => smaller(String(part))), calls, ''].join(
    '\n',
  );
}

/** Without the indentation, comment lines and the gaps that removed types left; strings are untouched. */
export function smaller(source: string): string {
  return source
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' '))
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n');
}
