/**
 * Loaded before a program (`node --import`) to move its clock ahead, as `faketime` does for other programs: the wall clock
 * says `CLOCK_AHEAD_MS` more, while timers run as ever. What waits for minutes is then due at once. No part of the product.
 */
const aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const realNow = Date.now.bind(Date);

Date.now = () => realNow() + aheadMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, given: unknown[]) => Reflect.construct(target, given.length === 0 ? [target.now()] : given),
});
