/** Mistakes with card numbers: where they are written down, and how long they stay sealed. */
import type { Mistake } from './mistake.ts';

const forgottenCards = 'test/simulation/forgotten-cards.test.ts';

export const cardMistakes: readonly Mistake[] = [
  {
    name: 'the order is logged with its card',
    story: 'What is sent is logged for debugging, whole.',
    edits: [
      {
        file: 'src/app/settle.ts',
        from: '  const outcome = await chargeBy(processor, now, { order: send.order, call });',
        to: "  context.system.log.debug({ order: send.order }, 'sending');\n  const outcome = await chargeBy(processor, now, { order: send.order, call });",
      },
    ],
    foundBy: {
      file: 'test/simulation/canaries.test.ts',
      test: 'no card number, security code or key is readable in the database, its files or the log',
    },
    complaint: /log holds/,
  },
  {
    name: 'a card stays after another one paid',
    story: 'The end of a session forgets that its page kept a card, and leaves the sealed card behind.',
    edits: [
      {
        file: 'src/app/kept.ts',
        from: '  if (unneeded.length > 0) await context.vault.shred(tenantId, unneeded);\n',
        to: '',
      },
    ],
    foundBy: { file: forgottenCards, test: 'a card that did not pay is shredded as soon as another one paid' },
    complaint: /1 !== 0/,
  },
  {
    name: 'the sweep looks and shreds nothing',
    story: 'The sweep postpones the cards that are needed and forgets to shred the others.',
    edits: [
      {
        file: 'src/app/forgotten.ts',
        from: '    if (unneeded.length > 0) await app.vault.shredDue(tenantId, unneeded, now);',
        to: '    if (unneeded.length > 0) await app.vault.postpone(tenantId, unneeded, plus(now, LOOK_AGAIN_MS));',
      },
    ],
    foundBy: { file: forgottenCards, test: 'a card that did not pay is shredded once its page has forgotten it' },
    complaint: /1 !== 0/,
  },
  {
    name: 'the sweep takes the card of an open attempt',
    story: 'A card that no saved method needs is shredded, also while its first payment may still succeed and save it.',
    edits: [
      {
        file: 'src/app/forgotten.ts',
        from: 'const open = cardIds.filter((id) => !use.saved.has(id) && use.open.has(id));',
        to: 'const open: string[] = [];',
      },
      {
        file: 'src/app/forgotten.ts',
        from: 'const unneeded = cardIds.filter((id) => !use.saved.has(id) && !use.open.has(id));',
        to: 'const unneeded = cardIds.filter((id) => !use.saved.has(id));',
      },
    ],
    foundBy: {
      file: forgottenCards,
      test: 'a card that a first payment saves is kept while nobody knows the end of that payment',
    },
    complaint: /the saved method has its card/,
  },
];
