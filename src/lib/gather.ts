/**
 * Gathers what is asked while earlier questions are under way, and asks it together. With nothing under way a question goes
 * out at once, so a lone caller waits for nobody; under load one round trip carries many. An answer always comes from a
 * question asked after the call, so nobody reads what was true before they asked.
 */

export interface GatherOptions {
  /** Questions under way at once before gathering begins. */
  underWay: number;
  /** The most that is asked together. */
  most: number;
  /** Waits until everything that has arrived in this turn of the event loop has been heard. Worth it for the cheapest questions. */
  hearAll?: boolean;
}

/** `ask` answers one result per key, in order; what it throws reaches every caller of that round. */
export function gather<Key, Result>(
  options: GatherOptions,
  ask: (keys: Key[]) => Promise<Result[]>,
): (key: Key) => Promise<Result> {
  interface Waiting {
    key: Key;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  let waiting: Waiting[] = [];
  let underWay = 0;

  const send = (): void => {
    if (waiting.length === 0 || underWay >= options.underWay) return;
    const round = waiting.slice(0, options.most);
    waiting = waiting.slice(options.most);
    underWay++;
    ask(round.map((one) => one.key))
      .then(
        (results) => round.forEach((one, i) => void one.resolve(results[i] as Result)),
        (error: unknown) => round.forEach((one) => void one.reject(error)),
      )
      .finally(() => {
        underWay--;
        send();
      });
  };

  let hearing = false;
  const heard = (): void => {
    hearing = false;
    send();
  };
  const listen = (): void => {
    if (hearing) return;
    hearing = true;
    setImmediate(heard);
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (options.hearAll) listen();
      else send();
    });
}
