/** Runs a verb that is one call: builds the request from the options, asks by the SDK, prints what was answered. */
import { ApiError, ConnectionError, type ListOf, Tender } from '../../sdk/src/tender.ts';
import { openPage } from './browser-page.ts';
import type { Given } from './given.ts';
import { problemWords } from './problem-words.ts';
import { type Fields, recordText, tableText } from './record-text.ts';
import { bodyFrom, limitOf, queryFrom } from './request-parts.ts';
import type { Asked, ResourceVerb } from './resource.ts';
import { type RunningServer, runningServer } from './running-server.ts';
import { terminalQr } from './terminal-qr.ts';

export async function runVerb(given: Given, of: { command: string; verbs: readonly ResourceVerb[] }): Promise<number> {
  const verb = of.verbs.find(({ name }) => name === given.verb?.name);
  if (verb === undefined) throw new Error(`tender ${of.command} has lost its verb.`);
  const server = runningServer(given);
  const key = given.text('idempotency-key');
  const asked: Asked = {
    id: given.words[0] ?? '',
    body: (await bodyFrom(given)) as never,
    query: queryFrom(given) as never,
    call: key === undefined ? {} : { idempotencyKey: key },
  };
  return await asTold(server, async () => {
    const tender = new Tender(server.key, { baseUrl: server.url });
    const answer = verb.ask(tender, asked, given);
    if (verb.columns !== undefined) await printList(answer, { columns: verb.columns, given });
    else printOne((await answer) as Fields, { verb, given });
    if (verb.remark !== undefined && !given.flag('json')) process.stderr.write(`${verb.remark}\n`);
    return 0;
  });
}

/** Does it; a refusal and a silent server become words and the exit code 1. */
export async function asTold(server: RunningServer, work: () => Promise<number>): Promise<number> {
  const waiting = setTimeout(() => sayOnTerminal(`Waiting for ${server.url} …`), LONG_MS);
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError) throw new Error(problemWords(error));
    if (error instanceof ConnectionError) throw new Error(silenceWords(error, server));
    throw error;
  } finally {
    clearTimeout(waiting);
  }
}

/** A bank may take half a minute; after this long somebody who watches is told that nothing is stuck. */
const LONG_MS = 2_000;

function sayOnTerminal(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
}

function silenceWords({ message, cause }: ConnectionError, { url }: RunningServer): string {
  // `fetch` throws a TypeError where no connection came about; what else failed is told by its own words.
  if (!(cause instanceof TypeError)) return message;
  const why = (cause.cause ?? cause) as { code?: string; message: string };
  return `No server answers at ${url} (${why.code ?? why.message}).\nStart one with \`npm start\`, or set TENDER_URL to the address of yours.`;
}

function printOne(body: Fields | undefined, { verb, given }: { verb: ResourceVerb; given: Given }): void {
  if (given.flag('json')) {
    process.stdout.write(`${JSON.stringify(body ?? {})}\n`);
    return;
  }
  process.stdout.write(body === undefined ? 'Done.\n' : recordText(body));
  const page = verb.page === undefined ? undefined : body?.[verb.page];
  if (typeof page !== 'string') return;
  const code = given.flag('qr') || process.stdout.isTTY === true ? terminalQr(page) : undefined;
  if (code !== undefined) process.stdout.write(`\n${code}\n`);
  if (given.flag('open')) openPage(page);
}

/** A table, or a JSON array in one line, written as it is read. */
async function printList(
  answer: unknown,
  { columns, given }: { columns: readonly string[]; given: Given },
): Promise<void> {
  const wanted = limitOf(given);
  const rows: Fields[] = [];
  let more = false;
  const json = given.flag('json');
  if (json) process.stdout.write('[');
  let count = 0;
  for await (const row of rowsOf(answer)) {
    more = count === wanted;
    if (more) break;
    if (json) process.stdout.write(`${count === 0 ? '' : ','}${JSON.stringify(row)}`);
    else rows.push(row);
    count++;
    showCount(count);
  }
  process.stdout.write(json ? ']\n' : tableText(rows, columns));
  if (count === 0 && !json) process.stderr.write('None.\n');
  if (more) process.stderr.write(`There are more: --limit ${wanted * 5} or --all shows them.\n`);
}

async function* rowsOf(answer: unknown): AsyncGenerator<Fields> {
  const list = (await answer) as ListOf<Fields> | { data: Fields[] } | readonly Fields[];
  if (Symbol.asyncIterator in list) yield* list;
  else yield* 'data' in list ? list.data : list;
}

/** A long list shows how far it is, where somebody watches. */
function showCount(count: number): void {
  if (count % 500 === 0 && process.stderr.isTTY) process.stderr.write(`\r${count} …\r`);
}
