/** Makes `docs/guides/languages.md`: which languages the page speaks, who has read them, and how another one is added. */
import { LOCALES } from '../../src/web/i18n/locales.ts';

/** Text of the page. */
export function languagesPage(): string {
  const read = (yes: boolean, by: string | undefined, on: string | undefined): string =>
    yes ? `${by ?? ''}${on === undefined ? '' : `, ${on}`}` : 'not yet';
  const rows = LOCALES.map(({ tag, name, dir, base, reviewed: { page, mandate, by, on } }) => {
    const over = base === undefined ? '' : ` (differences from \`${base}\`)`;
    const direction = dir === 'rtl' ? 'right to left' : 'left to right';
    return `| \`${tag}\` | ${name}${over} | ${direction} | ${read(page, by, on)} | ${read(mandate, by, on)} |`;
  });
  return `<!-- Made by \`npm run generate\` from src/web/i18n; do not edit. -->
# Languages

The checkout page speaks ${LOCALES.length} languages. The first of these wishes that it can meet decides:

1. what the payer chose on the page, kept in a cookie for a year (the switcher works without script),
2. \`checkout_options.locale\` of the session,
3. what the browser asks for,
4. \`default_locale\` of your settings,
5. English.

A region that is not in the list falls to its language: \`fr-CI\` is answered in \`fr\`. \`pt\` means \`pt-BR\`, Portuguese of Africa \`pt-PT\`;
\`zh\` means \`zh-CN\`, \`zh-Hant\`, \`zh-HK\` and \`zh-MO\` mean \`zh-TW\`.

Each request below can be pasted into a shell with \`TENDER_SECRET_KEY\` set.
[How to read these pages](../README.md#how-to-read-the-guides).

\`\`\`sh
curl -s -X PUT http://localhost:4600/collect/checkout_settings \\
  -H "Authorization: Bearer $TENDER_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "default_locale": "af", "time_zone": "Africa/Johannesburg" }'
\`\`\`

\`\`\`json
{ "default_locale": "af", "time_zone": "Africa/Johannesburg", "…": "…" }
\`\`\`

The answer also lists the languages under \`locales\`, with what a native speaker has read of each.

## The list

| Tag | Language | Written | Page read by | Mandates read by |
|---|---|---|---|---|
${rows.join('\n')}

**Not yet read** means: written with care, held to every rule below, and not yet confirmed by a native speaker. Such a page may be used.
What a payer agrees to binds people, so while nobody has read a language's sentences about mandates, **the same stands in English
beneath them**, and the evidence of consent keeps both texts, the language, the version of its sentences and that it was not reviewed.

## Money, dates and direction

- Amounts are written as the language writes them, with the decimals of ISO 4217: the forint, the rupiah and the Iraqi dinar keep theirs,
  whatever a runtime thinks. A bare \`$\`, \`¥\` or \`kr\` that is not the region's own is followed by its code. No amount passes a float.
- Digits are Latin and the calendar is Gregorian everywhere, to match bank statements. Times name their zone.
- From right to left, names, amounts and times keep to themselves; card, phone and code fields stay from left to right.

## Adding a language

1. Write \`src/web/i18n/catalogues/<tag>.ts\` (the tag in lower case) with every sentence of \`src/web/i18n/en.ts\`. It does not compile while
   one is missing. A region holds differences only: \`Partial<Translation<En>>\`.
2. Add its line to \`LOCALE_LIST\` in \`src/web/i18n/locale-list.ts\`: tag, its name in itself, and \`base\` for a region.
3. Words that are the same as in English go into \`test/web/same-as-english.ts\`.
4. Run \`npm run generate\`, then \`node scripts/run-tests.ts test/web/locales.test.ts test/web/locale-pages.test.ts
   test/web/mandate-languages.test.ts test/web/money-locales.test.ts\`.

The tests hold a language to these rules: every sentence and its places; exactly the plural forms of the language, for counts and for
places in an order (\`single\` says exactly one where the language counts one like other numbers); no markup; at most six tenths longer
than English; nothing left in English; every page can be rendered; what a mandate says is read back as the mandate that is enforced.

How to write: one sentence a message, in the words that banks and shops use to their customers. What happened and what to do; no blame,
no codes, no "please". Values of the runtime (weekdays, months, dates) come in the form of a list: where a preposition would change
their case, write a colon.

## Having a language read

A native speaker reads all screens (\`npm run screens\` makes a picture of each) and, apart from that, every sentence under \`mandate.\`.
Then its line of the list says what was read, by whom and on which day:
\`reviewed: { page: true, mandate: true, by: 'A. Reader', on: '2027-01-31' }\`.

From then on the English text no longer stands beneath mandates. Whoever changes a sentence that was read takes the mark away again.
`;
}
