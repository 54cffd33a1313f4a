/** People look at blocked cards and lift a block, saying why: for the mistakes that a bank admits on the telephone. */
import { moveHold } from '../domain/charge-hold.ts';
import type { Mandate } from '../domain/mandate.ts';
import { findWatchedCard, holdCard, type ListedBlock, liftBlock, listBlocks } from '../store/cards.ts';
import { findPaymentMethod } from '../store/customers.ts';
import { Stale } from '../store/database.ts';
import { activeMandatesOfCard } from '../store/mandates.ts';
import { Changes } from './apply.ts';
import { liftHolds } from './card-holds.ts';
import type { Context } from './context.ts';

const TRIES = 20;
const MOST_LISTED = 1_000;

/** The blocks that stand, newest first. */
export function blockedCards(context: Context): Promise<ListedBlock[]> {
  return listBlocks(context.database, context.tenant.id, MOST_LISTED);
}

export interface Unblocking {
  /** A fingerprint, or the id of a payment method that has the card. */
  card: string;
  /** Absent: every block of the card. */
  rule?: string | undefined;
  note: string;
  /** Who lifts it. */
  by: string;
}

/** Lifts blocks of a card and the holds they put on its mandates. Answers the rules that were lifted; none if none stood. */
export async function unblockCard(context: Context, asked: Unblocking): Promise<{ cardKey: string; lifted: string[] }> {
  const { database, tenant } = context;
  for (let tries = 1; ; tries++) {
    const cardKey = (await findPaymentMethod(database, tenant.id, asked.card))?.fingerprint ?? asked.card;
    const card = await findWatchedCard(database, { tenantId: tenant.id, cardKey });
    const blocks = card?.blocks ?? [];
    const lifted = blocks.filter(({ rule }) => asked.rule === undefined || rule === asked.rule).map(({ rule }) => rule);
    if (card === undefined || lifted.length === 0) return { cardKey, lifted };
    const [left] = blocks.filter(({ rule }) => !lifted.includes(rule));
    const mandates = await activeMandatesOfCard(database, tenant.id, cardKey);
    const changes = new Changes(context);
    await freeMandates(context, changes, { mandates, lifted, left: left?.rule });
    // Nobody may begin a mandate meanwhile that takes the block for one that stands.
    changes.also((tx) => holdCard(tx, { tenantId: tenant.id, cardKey }, card.version));
    for (const rule of lifted) {
      const id = context.system.ids.next('cub');
      const { note, by } = asked;
      changes.also((tx) => liftBlock(tx, { tenantId: tenant.id, cardKey }, { id, rule, note, by, at: context.at }));
    }
    try {
      await changes.commit();
      return { cardKey, lifted };
    } catch (error) {
      // A mandate or a block changed in between: look again.
      if (!(error instanceof Stale) || tries === TRIES) throw error;
    }
  }
}

/** Charges may go on, unless another block of the card still stops them. */
async function freeMandates(
  context: Context,
  changes: Changes,
  { mandates, lifted, left }: { mandates: readonly Mandate[]; lifted: readonly string[]; left: string | undefined },
): Promise<void> {
  const blocked = mandates.filter(({ chargeHold }) => chargeHold?.liftedBy === 'operator');
  if (left === undefined) return liftHolds(context, changes, { mandates: blocked });
  for (const mandate of blocked) {
    if (lifted.includes(mandate.chargeHold?.rule ?? '')) changes.mandate(moveHold(mandate, left, context.at));
  }
}
