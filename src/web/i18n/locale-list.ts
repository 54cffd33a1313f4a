/**
 * The languages of the page: tag, the name in the language itself, and whether a native speaker has read it. Small, so that every
 * page can list them; the sentences are loaded when a payer first wants them. A new language is a line here and a file in
 * `catalogues/`.
 */
import type { LocaleEntry } from './catalogue.ts';

/** Languages written from right to left; `Intl` is not asked, so that no runtime decides otherwise. */
const RIGHT_TO_LEFT: readonly string[] = ['ar', 'he', 'fa', 'ur', 'ps', 'sd', 'ug', 'yi', 'dv', 'ckb'];

/** The direction in which a language is written. */
export function directionOf(tag: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(tag.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/** Every translation starts so; the text of a mandate then stands in English beneath. */
const UNREVIEWED = { page: false, mandate: false } as const;

function listed(tag: string, name: string, more: Partial<LocaleEntry> = {}): LocaleEntry {
  return { tag, dir: directionOf(tag), name, reviewed: UNREVIEWED, ...more };
}

/** In the order in which the page offers them. */
export const LOCALE_LIST: readonly LocaleEntry[] = [
  listed('en', 'English', {
    reviewed: { page: true, mandate: true, by: 'Tender, as the source text', on: '2026-11-22' },
  }),
  listed('en-ZA', 'English (South Africa)', { base: 'en' }),
  listed('en-GB', 'English (United Kingdom)', { base: 'en' }),
  listed('af', 'Afrikaans'),
  listed('zu', 'isiZulu'),
  listed('xh', 'isiXhosa'),
  listed('st', 'Sesotho'),
  listed('sw', 'Kiswahili'),
  listed('ha', 'Hausa'),
  listed('yo', 'Yorùbá'),
  listed('am', 'አማርኛ'),
  listed('ar', 'العربية'),
  listed('he', 'עברית'),
  listed('fa', 'فارسی'),
  listed('ur', 'اردو'),
  listed('zh-CN', '简体中文'),
  listed('zh-TW', '繁體中文'),
  listed('fr', 'Français'),
  listed('fr-CA', 'Français (Canada)', { base: 'fr' }),
  listed('ja', '日本語'),
  listed('ko', '한국어'),
  listed('es', 'Español'),
  listed('es-419', 'Español (Latinoamérica)', { base: 'es' }),
  listed('de', 'Deutsch'),
  listed('nl', 'Nederlands'),
  listed('pt-BR', 'Português (Brasil)'),
  listed('pt-PT', 'Português (Portugal)', { base: 'pt-BR' }),
  listed('it', 'Italiano'),
  listed('vi', 'Tiếng Việt'),
  listed('pl', 'Polski'),
  listed('tr', 'Türkçe'),
  listed('hi', 'हिन्दी'),
  listed('id', 'Bahasa Indonesia'),
  listed('ru', 'Русский'),
  listed('uk', 'Українська'),
  listed('sv', 'Svenska'),
  listed('ro', 'Română'),
  listed('th', 'ไทย'),
  listed('bn', 'বাংলা'),
  listed('el', 'Ελληνικά'),
  listed('ig', 'Igbo'),
];
