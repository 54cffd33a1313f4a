/** `tender cards`: the cards that a bank or a network has closed, and lifting a block. */
import { userInfo } from 'node:os';
import { blockedCards, unblockCard } from '../app/card-blocks.ts';
import { contextFor } from '../app/context.ts';
import { toIso } from '../lib/time.ts';
import type { Given } from './given.ts';
import { tenantOf, withApp } from './local.ts';
import { Usage } from './usage.ts';

export async function runCards(given: Given): Promise<number> {
  const verb = given.verb?.name;
  const [card, rule, json] = [given.text('card'), given.text('rule'), given.flag('json')];
  const note = given.text('note')?.trim() ?? '';
  if (verb === 'unblock' && card === undefined)
    throw new Usage('Name the card with --card: `tender cards list` shows the blocked ones.');
  if (verb === 'unblock' && note === '') throw new Usage('Say why with --note: it is kept with your name.');
  return withApp(async (app) => {
    const context = contextFor(app, await tenantOf(app, { account: given.text('account'), mode: given.text('mode') }));
    if (verb === 'list') {
      for (const line of await listed(context, json)) print(line);
      return 0;
    }
    const by = userInfo().username;
    const { cardKey, lifted } = await unblockCard(context, { card: card as string, rule, note, by });
    if (lifted.length === 0)
      throw new Error(`No block${rule === undefined ? '' : ` by ${rule}`} stands on card ${card}.`);
    print(json ? JSON.stringify({ card: cardKey, lifted }) : `${cardKey} is free of ${lifted.join(' and ')}.`);
    return 0;
  });
}

async function listed(context: Parameters<typeof blockedCards>[0], json: boolean): Promise<string[]> {
  const blocks = (await blockedCards(context)).map((block) => ({
    card: block.cardKey,
    rule: block.rule,
    answer: block.code,
    since: toIso(block.since),
    payment_method_ids: block.paymentMethodIds,
  }));
  if (json) return [JSON.stringify({ data: blocks })];
  return blocks.map(
    ({ card, rule, answer, since, payment_method_ids: ids }) =>
      `${card}  ${rule.padEnd(26)}  ${answer.padEnd(4)}  since ${since}  ${ids.join(' ')}`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
