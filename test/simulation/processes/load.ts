/** Merchants and payers at work: lanes that do one drawn flow after another until they are told to stop. */
import type { Draws } from '../seeded-world/draws.ts';
import { flowsOf } from './flows.ts';
import { Journal } from './journal.ts';
import type { Lane } from './lane.ts';
import { GaveUp } from './patient-client.ts';
import type { ProcessWorld } from './process-world.ts';

export interface Load {
  journal: Journal;
  findings: string[];
  /** Flows that have begun and not ended at this moment. */
  inFlight(): number;
  flows(): number;
  broken(): number;
  /** No new flow begins. Resolves when all have ended, those that are repeated later included. */
  stop(): Promise<void>;
  /** Ends every waiting. */
  giveUp(): void;
}

/** What the first lanes begin with. */
const FIRST = ['subscription', 'limits', 'subscription'];

export function startLoad(world: ProcessWorld, { draws, lanes }: { draws: Draws; lanes: number }): Load {
  const journal = new Journal();
  const findings: string[] = [];
  const ending = new AbortController();
  const patience = { signal: ending.signal, findings, broken: 0 };
  const pending = new Set<Promise<unknown>>();
  const tokens: Lane['tokens'] = [];
  const limited: Lane['limited'] = [];
  const flows = flowsOf(world.contract);
  let stopped = false;
  let begun = 0;
  const keep = (work: Promise<unknown>): void => {
    const kept = work.catch((error: unknown) => {
      if (!(error instanceof GaveUp)) findings.push(`a flow failed: ${(error as Error).message}`);
    });
    pending.add(kept);
    void kept.then(() => pending.delete(kept));
  };
  const run = async (n: number): Promise<void> => {
    const own = draws.fork(`lane ${n}`);
    for (let round = 1; !stopped; round++) {
      // However short the loop, there is something of what takes days.
      const first = round === 1 ? flows.find(({ name }) => name === FIRST[n]) : undefined;
      const { name, run: flow } = first ?? own.weighted(flows);
      begun += 1;
      journal.count(`flow: ${name}`);
      const doing = flow({
        merchant: world.merchant,
        calendarMerchant: world.calendarShop.merchant,
        contract: world.contract,
        draws: own.fork(String(round)),
        patience,
        journal,
        tokens,
        limited,
        later: keep,
      });
      keep(doing);
      await doing.catch(() => undefined); // said by `keep`
    }
  };
  const running = Array.from({ length: lanes }, (_, n) => run(n));
  return {
    journal,
    findings,
    inFlight: () => pending.size,
    flows: () => begun,
    broken: () => patience.broken,
    async stop() {
      stopped = true;
      await Promise.all(running);
      while (pending.size > 0) await Promise.all(pending);
    },
    giveUp: () => ending.abort(),
  };
}
