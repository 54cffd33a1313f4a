/** Routes of the clock that test mode has of its own. */
import { Type } from '@sinclair/typebox';
import type { Identities } from '../../app/tenants.ts';
import { advanceClock, showClock } from '../../app/test-clock.ts';
import { MAX_ADVANCE_SECONDS } from '../../domain/clock-request.ts';
import { closed, optional } from '../../wire/schema.ts';
import { ClockMovedSchema, ClockSchema, renderClock } from '../../wire/test-clock.ts';
import type { Register } from '../route.ts';

const tag = 'Test mode';

export function testClockRoutes(register: Register, identities: Identities): void {
  register({
    method: 'GET',
    path: '/test/clock',
    operationId: 'getTestClock',
    summary: 'Where the clock of test mode stands',
    description: 'The time by which the rules of this test account go.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    success: { status: 200, schema: ClockSchema, description: 'The clock.' },
    errors: ['test_mode_only'],
    handle: async ({ context }) => ({ json: renderClock(await showClock(context)) }),
  });
  register({
    method: 'POST',
    path: '/test/clock/advance',
    operationId: 'advanceTestClock',
    summary: 'Move the clock of test mode forward',
    description:
      'Moves the clock of this account’s test mode, here and at the sandbox processor, and answers when everything that fell due on the way has been done, in due order. ' +
      'Name `to` or `seconds`. Calls at once follow each other. A clock never goes back. When the sandbox does not answer, the clock stays where the last step left it.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    body: closed(
      {
        to: optional(
          Type.String({ maxLength: 40, description: 'An instant from now to 5 years ahead, ISO 8601 with a zone.' }),
        ),
        seconds: optional(
          Type.Integer({ minimum: 1, maximum: MAX_ADVANCE_SECONDS, description: 'So far from now, at most 5 years.' }),
        ),
      },
      { title: 'TestClockAdvance', examples: [{ seconds: 86_400 }, { to: '2026-12-31T23:00:00Z' }] },
    ),
    success: { status: 200, schema: ClockMovedSchema, description: 'The clock, with all that fell due done.' },
    errors: ['test_mode_only', 'processor_unavailable'],
    handle: ({ context, body, idempotency }) => advanceClock(context, identities, { body, idempotency }),
  });
}
