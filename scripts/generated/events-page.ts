/** Makes `docs/events.md`: every type of event, when it happens and what its data shows. */
import { EVENT_TYPES, EVENTS } from '../../src/domain/events.ts';

/** Text of the page. */
export function eventsPage(): string {
  const rows = EVENT_TYPES.map((type) => `| \`${type}\` | ${EVENTS[type].when} | ${EVENTS[type].data} |`);
  return `<!-- Made by \`npm run generate\` from src/domain/events.ts; do not edit. -->
# Events

An event is a fact, written in the same transaction as the change it reports. \`data\` is the whole object as it was after that
change, stored then and sent byte for byte on every try. Types are never renamed; new ones are added.

\`\`\`json
{
  "id": "evt_…",
  "type": "payment_session.completed",
  "timestamp": "2026-01-31T12:00:00.000Z",
  "sequence": 42,
  "mode": "test",
  "data": { "id": "ps_…", "status": "completed", "payment_outcome": "paid" }
}
\`\`\`

\`sequence\` counts the events of one account and mode without a hole, and never contradicts the order in which one object
changed. An event may be delivered more than once: handle each \`id\` once. Signatures follow Standard Webhooks 1.0.

| Type | When | \`data\` |
|---|---|---|
${rows.join('\n')}

The payment's own changes while an attempt is under way have no event of their own: the session's event of the same moment tells
of them (see [decision 0003](decisions/0003-payment-versions-and-events.md)).
`;
}
