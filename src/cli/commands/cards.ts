/** `tender cards`, declared. */
import type { Command } from '../command.ts';
import { ACCOUNT_OPTIONS, FINDS_THE_DATABASE } from '../options.ts';

export const cards: Command = {
  name: 'cards',
  summary: 'list cards that a bank or a network closed, and lift a block',
  examples: [
    { line: 'tender cards list --account acc_… --mode live' },
    { line: 'tender cards unblock --card pmt_… --note "Bank confirmed by telephone: blocked by mistake" --mode live' },
    { line: 'tender cards unblock --card <fingerprint> --rule house.risk --note "…"' },
  ],
  about: `A block stops every charge without the payer, on every mandate of the card, whoever saved it. Lifting one is kept with your name
and your note; holds that it put on mandates go with it. Which rule means what: docs/network-rules.md. ${FINDS_THE_DATABASE}`,
  options: ACCOUNT_OPTIONS,
  verbs: [
    { name: 'list', summary: 'every card that stands blocked, and by which rule' },
    {
      name: 'unblock',
      summary: 'lift the blocks of one card',
      options: [
        { name: 'card', value: 'CARD', help: 'a fingerprint, or the id of a payment method' },
        { name: 'rule', value: 'RULE', help: 'only this block; default: every one of the card' },
        { name: 'note', value: 'TEXT', help: 'why' },
      ],
    },
  ],
  run: async (given) => (await import('../cards.ts')).runCards(given),
};
