/**
 * `node scripts/quick-start.ts`: does docs/quick-start.md word for word beside a fresh `tender dev`, and says how long it took, from
 * the start to each webhook that the page's receiver verified. Ends with 0 only if everything was answered as the page says.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { follow } from '../test/support/doc-examples.ts';
import type { Place } from '../test/support/doc-reader.ts';
import { stepsOf } from '../test/support/doc-steps.ts';
import { Payer } from '../test/support/payer.ts';
import { newDataFolder, removeDataFolder, startTender, type TenderProcess } from './demo/tender-process.ts';

const PAGE = 'docs/quick-start.md';
const startedAt = performance.now();
const say = (words: string): void =>
  void process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${words}\n`);

/** The place beside a server that is a process of its own, with a worker and in real time. */
function beside({ ready, dataDir }: TenderProcess): Place {
  return {
    url: ready.api_url,
    secretKey: ready.secret_key,
    sandbox: { url: ready.sandbox_url, controlKey: readFileSync(join(dataDir, 'sandbox/control.key'), 'utf8').trim() },
    payer: new Payer(ready.api_url),
    environment: { TENDER_DATA_DIR: dataDir },
    works: () => Promise.resolve(),
    passes: () => Promise.reject(new Error(`${PAGE} lets time pass, which is real here`)),
  };
}

const dataDir = newDataFolder();
const tender = await startTender({ dataDir });
try {
  say('tender dev is ready');
  const steps = stepsOf(PAGE, readFileSync(join(import.meta.dirname, '..', PAGE), 'utf8'));
  await follow(beside(tender), {
    path: PAGE,
    steps,
    after(step) {
      if (step.does === 'read') say(step.prints);
      else if (step.does === 'pay') say('the payer has paid');
    },
  });
  say(`all ${steps.length} steps of ${PAGE} were answered as it says`);
} finally {
  await tender.stop();
  removeDataFolder(dataDir);
}
