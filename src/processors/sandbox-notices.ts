/**
 * Notifications of the sandbox processor: is this one really from it, fresh, and what is it about? Pure; a valid notice
 * is a reason to look and never a result. Every candidate secret is tried in constant time, so that both work while a
 * secret is being exchanged.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parseStrictJson } from '../lib/strict-json.ts';
import { isObject } from './http-client.ts';
import type { Notice, RawNotification, RejectedNotice } from './processor.ts';

const TOLERANCE_MS = 300_000;
const MAX_DEPTH = 10;

/** Reads `raw`. The signature comes first: nothing unsigned is interpreted. */
export function readNotice(raw: RawNotification): Notice | RejectedNotice {
  const signature = readSignature(raw.headers['sandbox-signature']);
  if (signature === undefined) return { kind: 'rejected', why: 'malformed' };
  const secrets = (raw.credentials.notification_secret ?? '').split(/\s+/).filter((secret) => secret !== '');
  const signed = signedText(raw, signature);
  const matches = secrets.map((secret) => isMac(secret, signed, signature.mac));
  if (!matches.includes(true)) return { kind: 'rejected', why: 'bad_signature' };
  if (Math.abs(raw.now - signature.atSeconds * 1000) > TOLERANCE_MS) return { kind: 'rejected', why: 'too_old' };
  return readBody(raw.body);
}

interface Signature {
  atSeconds: number;
  nonce: string;
  mac: Buffer;
}

/** `k=<secret id>;t=<unix seconds>;n=<nonce>;m=<hex>`, in any order, each once. */
function readSignature(header: string | undefined): Signature | undefined {
  if (header === undefined || header.length > 512) return undefined;
  const fields = new Map<string, string>();
  for (const part of header.split(';')) {
    const [, name, value] = /^\s*([ktnm])=([\w.:-]{1,256})\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined || fields.has(name)) return undefined;
    fields.set(name, value);
  }
  const at = fields.get('t') ?? '';
  const mac = fields.get('m') ?? '';
  const nonce = fields.get('n');
  if (!/^\d{1,12}$/.test(at) || !/^[0-9a-f]{128}$/.test(mac) || nonce === undefined || !fields.has('k'))
    return undefined;
  return { atSeconds: Number(at), nonce, mac: Buffer.from(mac, 'hex') };
}

function signedText({ method, path, body }: RawNotification, { atSeconds, nonce }: Signature): string {
  const digest = createHash('sha256').update(body).digest('hex');
  return `${method}\n${path}\n${atSeconds}\n${nonce}\n${digest}`;
}

function isMac(secret: string, signed: string, mac: Buffer): boolean {
  return timingSafeEqual(createHmac('sha512', secret).update(signed).digest(), mac);
}

const STEP_LISTS: Readonly<Record<string, string>> = { capture: 'captures', void: 'voids', refund: 'refunds' };

function readBody(body: string): Notice | RejectedNotice {
  const parsed = parseStrictJson(body, { maxDepth: MAX_DEPTH });
  if (!parsed.ok || !isObject(parsed.value)) return { kind: 'rejected', why: 'malformed' };
  const { notification_id: id, type, charge } = parsed.value;
  if (!isName(id) || typeof type !== 'string') return { kind: 'rejected', why: 'malformed' };
  // A kind of notification that came later than this file may have no charge: still a notice, about nothing we know.
  if (!isObject(charge)) return { kind: 'notice', id };
  const steps = stepsIn(type, charge);
  const about = steps.at(-1) ?? charge;
  const says = ENDS.get(type);
  const others = steps.slice(0, -1).flatMap((step) => (isName(step.request_key) ? [step.request_key] : []));
  return {
    kind: 'notice',
    id,
    ...(isName(about.request_key) && { requestKey: about.request_key }),
    ...(others.length > 0 && { otherKeys: others }),
    ...(isName(about.id) && { ref: about.id }),
    ...(says && { says }),
  };
}

/** What a kind of notification says became of its charge; the others speak of no end. */
const ENDS = new Map<string, 'succeeded' | 'declined'>([
  ['charge.approved', 'succeeded'],
  ['charge.declined', 'declined'],
  ['charge.reversed', 'declined'],
  ['charge.expired', 'declined'],
  ...['capture', 'void', 'refund'].flatMap((step): [string, 'succeeded' | 'declined'][] => [
    [`${step}.succeeded`, 'succeeded'],
    [`${step}.failed`, 'declined'],
  ]),
]);

/**
 * The steps that `capture.…`, `void.…` or `refund.…` may speak of: all in that status, newest last. Which one has just changed
 * is not said, and two may have changed before the first notification left.
 */
function stepsIn(type: string, charge: Record<string, unknown>): Record<string, unknown>[] {
  const [noun = '', status] = type.split('.');
  const list = charge[STEP_LISTS[noun] ?? ''];
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).filter((step) => step.status === status);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{1,64}$/.test(value);
}
