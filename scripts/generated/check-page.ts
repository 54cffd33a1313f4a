/** Makes `docs/operations/check.md`: what `tender check` is, and every invariant with its sentence. */
import { listInvariants } from '../../src/app/checker.ts';

/** Text of the page. */
export function checkPage(): string {
  const rows = listInvariants().map(
    ({ name, sentence }) =>
      `| [\`${name}\`](../../src/store/invariants/${name}.sql) | ${sentence.replaceAll('|', '\\|')} |`,
  );
  return `<!-- Made by \`npm run generate\` from src/store/invariants; do not edit. -->
# tender check

\`tender check\` proves on the living database that no money and no event went astray. Each invariant is one SQL statement that must
find no row. Everything is read, nothing is changed, no lock is held: it is safe in production at any time. One connection runs one
statement after another, on one core; 20,000 payments take less than five seconds.

\`\`\`
tender check                                   every invariant, one after another
tender check --json                            one line of JSON
tender check --only one-success-per-session    one of them; may be given several times
\`\`\`

It finds the database by \`DATABASE_URL\`, else by the running \`tender dev\`, and ends with 0 when everything holds, with 1 when
something does not, and with 2 when it was called wrongly.

**Time.** What happens by itself (numbering events, delivering them, asking processors, ending sessions) is broken only when it is
late by more than five minutes. Every other invariant holds at every instant, because every transaction is one statement.

**By itself.** A worker checks every \`TENDER_CHECK_EVERY\` minutes (60; 0 for never), one worker for all, and not in its first five
minutes. A violation is a line of level \`fatal\` in the log. \`GET /health/ready\` shows the last check under \`details.checks\`; a violation
does not make a server unready, because stopping servers mends no books. \`GET /metrics\` (Prometheus text format) has
\`tender_invariant_violations\` for each invariant, \`tender_invariant_unchecked\`, \`tender_check_age_seconds\` and
\`tender_check_duration_seconds\`. Both paths need no key and name no tenant; keep them inside your network all the same. Two alerts are
worth having: any \`tender_invariant_violations > 0\`, and \`tender_check_age_seconds\` above two intervals.

**When something is broken.** Change nothing by hand. Keep the output, look at the objects it names, and compare with the processor's
reports under the payment's \`reconciliation_reference\`.

**What it cannot see.** Where the vault lies in another database or is closed to the application's role, the two invariants about the
vault are reported as not checked; the vault's own constraints hold them. Whether the processor's book says the same is the business of
reconciliation.

## The ${rows.length} invariants

| Invariant | What it protects |
|---|---|
${rows.join('\n')}
`;
}
