/** A branding before it is saved: kept for an hour under an id that cannot be guessed, and looked at by whoever has the link. */
import { readBranding } from '../domain/branding-request.ts';
import { Rejected } from '../domain/errors.ts';
import { invalid } from '../domain/session-request.ts';
import { must } from '../lib/assert.ts';
import { HOUR, plus, toIso } from '../lib/time.ts';
import { saveDraft } from '../store/branding-drafts.ts';
import { renderColours } from '../wire/branding.ts';
import type { Context } from './context.ts';

const GOOD_FOR_MS = HOUR;

/** Keeps a draft and answers the address of its pages, with what its colours became. Throws Rejected with 400 and every problem. */
export async function previewBranding(context: Context, body: unknown): Promise<string> {
  const { branding, made, problems } = readBranding(body);
  if (problems.length > 0) throw new Rejected(invalid(problems));
  const { derived, report } = must(made, 'the colours of a sound branding');
  const { system, tenant, checkoutUrl } = context;
  // Real time: how long a link works has nothing to do with the clock of a test.
  const now = system.clock.now();
  const expiresAt = plus(now, GOOD_FOR_MS);
  const place = { tenantId: tenant.id, id: system.ids.capability('bdr') };
  await context.database.transaction((tx) => saveDraft(tx, place, { set: branding, derived, now, expiresAt }));
  return JSON.stringify({
    url: `${checkoutUrl}/checkout/preview/choose?token=${place.tenantId}.${place.id}`,
    expires_at: toIso(expiresAt),
    ...renderColours(derived, report),
  });
}
