/** One signed POST to somebody's endpoint, as Tender would send it: bounded in time, never redirected, its end as a value. */
import { webhooks } from '../../sdk/src/tender.ts';

export type Posted = { latencyMs: number } & ({ status: number; answer: string } | { failure: string });

const PATIENCE_MS = 15_000;
const ANSWER_CHARACTERS = 300;

export interface SignedPost {
  url: string;
  body: string;
  headers: Record<string, string>;
}

/** The headers for a body. Another time or secret than the right one is for tests of the endpoint. */
export function signed(body: string, secret: string, facts: { id: string; timestampMs: number }) {
  return webhooks.sign(body, secret, facts);
}

export async function post({ url, body, headers }: SignedPost): Promise<Posted> {
  const startedAt = performance.now();
  const latencyMs = (): number => Math.round(performance.now() - startedAt);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Tender-Webhooks/1.0', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    return { status: answer.status, answer: text.slice(0, ANSWER_CHARACTERS), latencyMs: latencyMs() };
  } catch (error) {
    return { failure: failureOf(error as Error), latencyMs: latencyMs() };
  }
}

/** True for the answers that count as delivered. */
export function isTaken(posted: Posted): boolean {
  return 'status' in posted && posted.status >= 200 && posted.status < 300;
}

/** The words by which deliveries name a failure. */
function failureOf(error: Error): string {
  if (error.name === 'TimeoutError') return 'response_timeout';
  const code = String((error.cause as { code?: string } | undefined)?.code ?? '');
  if (code === 'ECONNREFUSED') return 'connect_refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns_failed';
  if (/CERT|SSL|TLS/.test(code)) return 'tls_failed';
  return code === '' ? 'no_answer' : code.toLowerCase();
}
