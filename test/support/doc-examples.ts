/** Does what a page of the documentation says (doc-steps.ts), step by step beside a running server, as its reader would. */
import { type AddressInfo, createServer } from 'node:net';
import { bankCatchesUp } from '../simulation/bank.ts';
import type { TestApp } from './app.ts';
import { type Made, type Place, Reader } from './doc-reader.ts';
import type { Step } from './doc-steps.ts';

/** A place beside a server in this process, whose time is the test's. */
export function besideApp(app: TestApp): Place {
  return {
    ...{ url: app.url, secretKey: app.merchant.secretKey, sandbox: app.sandbox, payer: app.payer },
    environment: { DATABASE_URL: app.database.url, TENDER_MASTER_KEY: MASTER_KEY_TEXT },
    works: () => app.runDue(),
    async passes(ms) {
      app.clock.advance(ms);
      await bankCatchesUp(app);
    },
  };
}

interface Followed {
  path: string;
  steps: readonly Step[];
  /** Is told of each step that was done. */
  after?(step: Step): void;
}

/** Does everything a page says. Throws AssertionError where page and server disagree. */
export async function follow(place: Place, page: Followed): Promise<Made[]> {
  const reader = new Reader(place, await freePort());
  const made: Made[] = [];
  try {
    for (const step of page.steps) {
      const at = `${page.path}:${step.line}`;
      made.push(...(await did(reader, step, at)));
      await place.works();
      page.after?.(step);
    }
  } finally {
    await reader.leaves();
  }
  return made;
}

/** Does one step, and answers the requests that were made of Tender itself. */
async function did(reader: Reader, step: Step, at: string): Promise<Made[]> {
  switch (step.does) {
    case 'request':
      return reader.asks(step, at);
    case 'command':
      await reader.commands(step, at);
      break;
    case 'start':
      await reader.starts(step.shell);
      break;
    case 'read':
      await reader.reads(step.prints, at);
      break;
    case 'save':
      reader.saves(step);
      break;
    case 'keep':
      reader.keeps(step, at);
      break;
    case 'wait':
      await reader.waits(step.ms);
      break;
    case 'pay':
    case 'pay again':
      await reader.pays(step, at);
  }
  return [];
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
  return promise;
}

/** As in test/support/app.ts. */
const MASTER_KEY_TEXT = Buffer.alloc(32, 7).toString('base64');
