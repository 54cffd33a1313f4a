/** How long the pretend bank thinks: `0`, `fixed:50` or `lognormal:<median>,<sigma>,<min>,<max>`, in milliseconds. */
import { fraction } from './chance.ts';

export interface Latency {
  /** As given, for people and for results of measurements. */
  readonly text: string;
  /** Milliseconds for one call, from the call's own draw; `draw` is not asked where nothing is drawn. */
  of(draw: () => Buffer): number;
}

/** Median 60 ms, cut to 30–120 ms: what a person who tries the product should feel. */
export const EVERYDAY_LATENCY = 'lognormal:60,0.35,30,120';

/** Reads a latency; throws an Error that says what is possible. */
export function readLatency(text: string): Latency {
  if (text === '0') return { text, of: () => 0 };
  const [shape, rest = ''] = text.split(':');
  const numbers = rest.split(',').map(Number);
  const valid = numbers.every((number) => Number.isFinite(number) && number >= 0);
  if (shape === 'fixed' && numbers.length === 1 && valid) return { text, of: () => numbers[0]! };
  if (shape === 'lognormal' && numbers.length === 4 && valid) {
    const [median = 0, sigma = 0, min = 0, max = 0] = numbers;
    return { text, of: (draw) => Math.min(max, Math.max(min, median * Math.exp(sigma * normal(draw())))) };
  }
  throw new Error(`latency must be 0, fixed:<ms> or lognormal:<median>,<sigma>,<min>,<max>, not ${text}`);
}

/** A standard normal number from one draw, by the method of Box and Muller. */
function normal(draw: Buffer): number {
  const radius = Math.sqrt(-2 * Math.log(1 - fraction(draw, 0)));
  return radius * Math.cos(2 * Math.PI * fraction(draw, 8));
}
