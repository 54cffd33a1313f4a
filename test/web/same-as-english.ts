/** Sentences that are the same in another language as in English, by tag; nearly all are single words. */

export const SAME_AS_ENGLISH: Readonly<Record<string, readonly string[]>> = {
  af: ['field.bank', 'mandate.currency'],
  de: ['test.banner', 'field.bank', 'voucher.code'],
  es: ['title.error', 'error.prefix'],
  pl: ['test.banner', 'field.bank'],
  id: ['field.bank'],
  sv: ['test.banner', 'field.bank'],
  ro: ['form.card', 'receipt.card'],
};
