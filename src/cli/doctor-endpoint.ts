/**
 * Tests of somebody's webhook endpoint: does it take what is signed rightly, and refuse what is not? Each finds one usual mistake, and
 * says what to do about it. What is sent looks like an event and speaks of objects that do not exist.
 */
import { randomBytes } from 'node:crypto';
import type { Finding } from './doctor.ts';
import { isTaken, type Posted, post, signed } from './signed-post.ts';

export interface Endpoint {
  url: string;
  secret: string;
  /** Real time, milliseconds since 1970. */
  nowMs(): number;
}

interface Probe {
  name: string;
  expects: 'taken' | 'refused';
  fix: string;
  send(endpoint: Endpoint): Promise<Posted>;
}

const OLD_MS = 15 * 60_000;

const probes: readonly Probe[] = [
  {
    name: 'endpoint takes a signed event',
    expects: 'taken',
    fix: 'Answer 2xx once the signature was verified. Is the secret that of this endpoint, and is the path right? A redirect is not followed.',
    send: (endpoint) => sendSigned(endpoint, sample(endpoint)),
  },
  {
    name: 'endpoint takes the same event in other spacing',
    expects: 'taken',
    fix: 'Your endpoint verifies a body that was parsed and written again. Verify the raw bytes: express.raw({ type: "application/json" }), await request.text(), …',
    send: (endpoint) => sendSigned(endpoint, otherSpacing(sample(endpoint))),
  },
  {
    name: 'endpoint refuses a wrong signature',
    expects: 'refused',
    fix: 'Verify the signature before anything else and answer 400 when it is wrong: anybody may post to this address.',
    send: (endpoint) =>
      sendSigned({ ...endpoint, secret: `whsec_${randomBytes(32).toString('base64')}` }, sample(endpoint)),
  },
  {
    name: 'endpoint refuses an event without a signature',
    expects: 'refused',
    fix: 'A missing header is a wrong signature: answer 400.',
    send: (endpoint) => post({ url: endpoint.url, body: sample(endpoint), headers: {} }),
  },
  {
    name: 'endpoint refuses an old signature',
    expects: 'refused',
    fix: 'Hold webhook-timestamp against your clock and refuse what is more than five minutes off: somebody may have recorded it.',
    send: (endpoint) => sendSigned(endpoint, sample(endpoint), endpoint.nowMs() - OLD_MS),
  },
];

/** Every probe, one after another. When nobody answers the first one, the others would say the same. */
export async function examineEndpoint(endpoint: Endpoint): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, expects, fix, send } of probes) {
    const posted = await send(endpoint);
    if ('failure' in posted) {
      const away = `Nobody could be asked (${posted.failure}). Is your endpoint running, and is the address right?`;
      return [...findings, { name, ok: false, detail: posted.failure, fix: away }];
    }
    const { status, latencyMs } = posted;
    const ok = expects === 'taken' ? isTaken(posted) : status >= 400 && status < 500;
    findings.push({ name, ok, detail: `answered ${status} in ${latencyMs} ms`, ...(ok ? {} : { fix }) });
  }
  return findings;
}

async function sendSigned(endpoint: Endpoint, body: string, timestampMs = endpoint.nowMs()): Promise<Posted> {
  const id = (JSON.parse(body) as { id: string }).id;
  return post({ url: endpoint.url, body, headers: await signed(body, endpoint.secret, { id, timestampMs }) });
}

/** An event as it would come; its text has what parsers like to change. */
function sample({ nowMs }: Endpoint): string {
  const at = new Date(nowMs()).toISOString();
  const id = (prefix: string): string => `${prefix}_${randomBytes(18).toString('hex').slice(0, 24)}`;
  return JSON.stringify({
    id: id('evt'),
    type: 'payment_session.completed',
    timestamp: at,
    sequence: 1,
    mode: 'test',
    data: {
      id: id('ps'),
      type: 'one_time',
      amount: 20_000,
      currency: 'ZAR',
      description: 'tender doctor: Crème brûlée <2 €>',
      status: 'completed',
      payment_outcome: 'paid',
      payment_status: 'paid',
      mode: 'test',
      created_at: at,
      updated_at: at,
    },
  });
}

/** The same value in other bytes: with line breaks, and one letter written as an escape. */
function otherSpacing(body: string): string {
  return `${JSON.stringify(JSON.parse(body), null, 2).replace('è', '\\u00e8')}\n`;
}
