/**
 * Clients as they are in production: a merchant's backend that sends a request again, with the same Idempotency-Key, until
 * it has an answer, and a payer who loads the page again. What an answer must never be is written down as a finding.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Json, Merchant, Reply } from '../../support/merchant.ts';
import type { CardInput, Page, Payer } from '../../support/payer.ts';

/** A client that has heard nothing hangs up after this long, as the HTTP clients of merchants do. */
const HANGS_UP_AFTER_MS = 30_000;
const AGAIN_AFTER_MS = 150;

export interface Patience {
  /** Ends waiting: nothing is sent any more. */
  signal: AbortSignal;
  /** Answers that no client may ever see. */
  findings: string[];
  /** How often a line broke, a server was not there or said that it cannot answer now. */
  broken: number;
}

/** Thrown when waiting was ended before an answer came. */
export class GaveUp extends Error {
  override name = 'GaveUp';
}

/** Asks until there is an answer that says something about the request. Posts keep their key through every repeat. */
export async function askUntilAnswered(
  merchant: Merchant,
  request: { method: string; path: string; body?: Json; key?: string },
  patience: Patience,
): Promise<Reply<Json>> {
  const key = request.key ?? (request.method === 'POST' ? randomUUID() : undefined);
  const options = key === undefined ? {} : { key };
  for (;;) {
    if (patience.signal.aborted) throw new GaveUp(`${request.method} ${request.path} was not answered`);
    const reply = await answered(
      () => merchant.call(request.method, request.path, request.body, options),
      `${request.method} ${request.path}`,
      patience,
    );
    if (reply !== undefined && !isForLater(reply)) return reply;
    patience.broken += 1;
    await waitFor(reply?.status === 409 ? 1_000 : AGAIN_AFTER_MS, patience);
  }
}

/** The payer's way on the page, until it shows an end, a bank's form or a refusal; a page that only waits is left. */
export async function payPatiently(
  payer: Payer,
  what: { session: Json; card: string | CardInput; fields?: Record<string, string> },
  patience: Patience,
): Promise<Page | undefined> {
  for (let looks = 1; looks <= 8; looks++) {
    const page = await answered(
      async () => {
        const opened = await payer.open(what.session);
        const payable = ['choose', 'declined', 'declined_other'].includes(opened.state);
        return payable ? payer.submit(what.session, opened, what.card, what.fields) : opened;
      },
      'the page',
      patience,
    );
    if (page !== undefined && !isWaiting(page)) return page;
    if (page === undefined) patience.broken += 1;
    await waitFor(AGAIN_AFTER_MS * looks, patience);
  }
  return undefined;
}

/** One try of something at the bank or on the page; undefined when a line broke or the page could not be shown. */
export function onceOnPage(act: () => Promise<Page>, patience: Patience): Promise<Page | undefined> {
  const tried = async (): Promise<Page> => {
    try {
      return await act();
    } catch (error) {
      // The page said "problem", or was closed by its end, where the payer looked for the bank's form.
      if (/no bank form|without a way back/.test((error as Error).message))
        throw new TypeError('fetch failed: no form');
      throw error;
    }
  };
  return answered(tried, 'the page', patience);
}

export async function waitFor(ms: number, patience: Patience): Promise<void> {
  await pause(ms, undefined, { signal: patience.signal }).catch(() => {
    throw new GaveUp('waiting was ended');
  });
}

async function answered<T extends { status: number }>(
  send: () => Promise<T>,
  what: string,
  patience: Patience,
): Promise<T | undefined> {
  try {
    const answer = await Promise.race([send(), pause(HANGS_UP_AFTER_MS, undefined, { ref: false })]);
    if (answer === undefined) patience.findings.push(`${what} was not answered within ${HANGS_UP_AFTER_MS} ms`);
    if (answer?.status === 500) patience.findings.push(`${what} answered 500: ${JSON.stringify(answer).slice(0, 500)}`);
    return answer;
  } catch (error) {
    if (isBrokenLine(error)) return undefined;
    patience.findings.push(`${what}: ${(error as Error).message}`);
    throw new GaveUp(what);
  }
}

/** What fetch throws when a server died: not sent, or cut in the middle. */
function isBrokenLine(error: unknown): boolean {
  const words = `${(error as Error).message} ${((error as Error).cause as Error | undefined)?.message ?? ''}`;
  return error instanceof TypeError && /fetch failed|terminated|other side closed|ECONN|socket/i.test(words);
}

function isForLater(reply: Reply<Json>): boolean {
  if (reply.status >= 500 || reply.status === 429) return true;
  return reply.status === 409 && reply.body.code === 'idempotency_in_progress';
}

function isWaiting(page: Page): boolean {
  return (
    page.status >= 500 || ['processing', 'checking', 'problem'].includes(page.state) || page.state.startsWith('status')
  );
}
