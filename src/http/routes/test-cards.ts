/** What only test mode has: cards that begin anew. */
import { resetCards } from '../../app/card-reset.ts';
import type { Register } from '../route.ts';

export function testCardRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/test/cards/reset',
    operationId: 'resetTestCards',
    summary: 'Forget what banks said about test cards',
    description:
      'Forgets every decline, block and hold of this account in test mode, so that each card may be tried as if for the first time. What happened to payments and mandates stays as it is: a revoked mandate stays revoked. Doing it twice is the same as once.',
    tag: 'Test mode',
    keys: 'secret',
    idempotency: 'none',
    success: { status: 204, description: 'Everything is forgotten.' },
    errors: ['test_mode_only'],
    async handle({ context }) {
      await resetCards(context);
      return { empty: true };
    },
  });
}
