/**
 * Broken answers. The money has moved, or has not, exactly as the book says by the time these run; only what the caller
 * gets to see is bent. Everything here happens in real time, because a caller's time-out is real.
 */
import type { Exchange } from './exchange.ts';
import { answerJson, answerRefusal } from './exchange.ts';
import type { FaultEffect } from './fault-kinds.ts';
import { Refusal } from './fields.ts';

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Some other charge of the account, for an answer that belongs to another question. */
  other: () => Record<string, unknown>;
}

export type Timer = (ms: number, then: () => void) => () => void;

const OVERSIZED_BYTES = 10 * 1024 * 1024;
const DRIP_EVERY_MS = 1000;
const RESET_AFTER_MS = 20;

/** Acts out a fault of the before stage. Nothing was charged. */
export function actBefore(exchange: Exchange, effect: FaultEffect, timer: Timer): void {
  const { req, res } = exchange;
  switch (effect.kind) {
    case 'reset_request':
      req.socket.resetAndDestroy();
      return;
    case 'timeout_before': {
      const cancel = timer(Number(effect.params.s) * 1000, () => req.socket.destroy());
      req.socket.once('close', cancel);
      return;
    }
    case 'http_500_before':
      answerRefusal(res, new Refusal(500, 'internal_error', { message: 'something went wrong' }));
      return;
    case 'http_503_before':
      answerRefusal(res, new Refusal(503, 'unavailable', { message: 'try again later' }));
      return;
    case 'rate_limited':
      answerRefusal(res, new Refusal(429, 'slow_down', { message: 'too many requests' }));
      return;
    default:
      // silent and processed_late: the connection stays open and nothing is ever said on it.
      return;
  }
}

/** Gives `answer` as bent by `effect`, or as it is where there is none. */
export function giveAnswer(
  exchange: Exchange,
  answer: Answer,
  about: { effect?: FaultEffect | undefined; timer: Timer },
): void {
  const { res } = exchange;
  if (about.effect === undefined) {
    answerJson(res, answer.status, answer.body, answer.headers);
    return;
  }
  const { effect, timer } = about;
  const lie = lieOf(answer, effect);
  if (lie !== undefined) {
    answerJson(res, answer.status, lie, answer.headers);
    return;
  }
  if (effect.kind === 'slow') {
    const cancel = timer(Number(effect.params.ms), () => answerJson(res, answer.status, answer.body, answer.headers));
    exchange.res.once('close', cancel);
    return;
  }
  breakAnswer(exchange, answer, about as { effect: FaultEffect; timer: Timer });
}

/** A whole, well-formed answer that is not true; undefined for other kinds of fault. */
function lieOf(answer: Answer, effect: FaultEffect): Record<string, unknown> | undefined {
  const inner = (answer.body.charge ?? answer.body) as Record<string, unknown>;
  const money = inner.amount as { value: number; currency: string } | undefined;
  const lie = (change: Record<string, unknown>): Record<string, unknown> =>
    answer.body.charge === undefined ? { ...inner, ...change } : { ...answer.body, charge: { ...inner, ...change } };
  switch (effect.kind) {
    case 'wrong_amount': {
      const wrong = { value: (money?.value ?? 0) + 1, currency: money?.currency };
      return lie({ amount: wrong, ...(inner.approved_amount !== undefined && { approved_amount: wrong }) });
    }
    case 'wrong_currency': {
      // XTS and XXX are codes of ISO 4217: for tests, and for no currency. One of them is always another than what was asked.
      const wrong = { value: money?.value, currency: money?.currency === 'XTS' ? 'XXX' : 'XTS' };
      return lie({ amount: wrong, ...(inner.approved_amount !== undefined && { approved_amount: wrong }) });
    }
    case 'wrong_reference':
      return lie({ reference: `not-${String(inner.reference)}`.slice(0, 64) });
    case 'wrong_status':
      return lie({ status: 'approved_perhaps' });
    case 'missing_field':
      return lie({ [String(effect.params.field)]: undefined });
    case 'other_charge':
      return answer.other();
    default:
      return undefined;
  }
}

function breakAnswer(exchange: Exchange, answer: Answer, about: { effect: FaultEffect; timer: Timer }): void {
  const { req, res } = exchange;
  const text = JSON.stringify(answer.body);
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const half = text.slice(0, Math.floor(text.length / 2));
  switch (about.effect.kind) {
    case 'answer_lost':
      req.socket.destroy();
      return;
    case 'http_500_after_charge':
      answerRefusal(res, new Refusal(500, 'internal_error', { message: 'something went wrong' }));
      return;
    case 'http_502_page':
      answerText(exchange, 502, {
        type: 'text/html',
        text: '<html><body><h1>502 Bad Gateway</h1></body></html>',
      });
      return;
    case 'reset_mid_answer':
      res.writeHead(answer.status, head);
      // A moment later, or the reset would overtake the half that was sent.
      res.write(half, () => about.timer(RESET_AFTER_MS, () => req.socket.resetAndDestroy()));
      return;
    case 'truncated':
      res.writeHead(answer.status, head);
      res.write(half, () => req.socket.end());
      return;
    case 'drip':
      drip(exchange, { status: answer.status, head, text }, about.timer);
      return;
    case 'malformed':
      answerText(exchange, answer.status, { type: 'application/json', text: `${half}<<` });
      return;
    case 'oversized': {
      const padded = `${text.slice(0, -1)},"padding":"${'x'.repeat(OVERSIZED_BYTES)}"}`;
      answerText(exchange, answer.status, { type: 'application/json', text: padded });
      return;
    }
    case 'redirect':
      res.writeHead(302, { location: String(about.effect.params.location), 'content-length': 0 });
      res.end();
      return;
    default:
      // silent(charged=true): the connection stays open and nothing is ever said on it.
      return;
  }
}

function answerText(exchange: Exchange, status: number, content: { type: string; text: string }): void {
  exchange.res.writeHead(status, {
    'content-type': content.type,
    'content-length': Buffer.byteLength(content.text),
  });
  exchange.res.end(content.text);
}

function drip(
  exchange: Exchange,
  answer: { status: number; head: Record<string, string | number>; text: string },
  timer: Timer,
): void {
  const { res } = exchange;
  res.writeHead(answer.status, answer.head);
  let at = 0;
  let cancel = (): void => {};
  const one = (): void => {
    res.write(answer.text[at++] ?? '');
    if (at < answer.text.length) cancel = timer(DRIP_EVERY_MS, one);
    else res.end();
  };
  res.once('close', () => cancel());
  one();
}
