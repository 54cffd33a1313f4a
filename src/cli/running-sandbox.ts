/** How a command reaches the sandbox processor: by `--sandbox` and `--control-key`, else as the running `tender dev` wrote it down. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../config.ts';
import type { Given } from './given.ts';
import { Bank } from './scenarios/bank.ts';
import { Usage } from './usage.ts';

/** Throws Usage where neither options nor the data folder say where it is, or what its control key is. */
export function runningSandbox(given: Pick<Given, 'text'>): Bank {
  const dataDir = resolve(readConfig(process.env).TENDER_DATA_DIR);
  const url = given.text('sandbox') ?? factOf(join(dataDir, 'server.json')) ?? fileIn(dataDir, 'sandbox-url');
  if (url === undefined) throw new Usage('Which sandbox? Start one here with `npm start`, or name one with --sandbox.');
  const controlKey = given.text('control-key') ?? fileIn(dataDir, join('sandbox', 'control.key'));
  if (controlKey === undefined)
    throw new Usage(
      'The control key of the sandbox is not here. Give it with --control-key: it lies in sandbox/control.key.',
    );
  return new Bank(url, controlKey);
}

function factOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { sandbox_url?: string }).sandbox_url;
}

function fileIn(folder: string, name: string): string | undefined {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
