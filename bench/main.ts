/**
 * `npm run bench`: starts its own server, measures it against ceilings taken in the same run, prints one table. Ratios count;
 * absolute figures belong to the machine and the moment. `--json` prints one line; `--only name,name` measures a part.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { directDatabase, directWriters } from './direct.ts';
import { type Figure, type FigureName, figure, table } from './figures.ts';
import { measureGrowth } from './growth.ts';
import { Line, measure } from './http-load.ts';
import { measureNext, measurePayments } from './payments.ts';
import { type MeasuredServer, removeFolder, residentMb, startBare, startTender } from './server.ts';
import { countRoundTrips } from './statement-count.ts';
import { measureWebhooks } from './webhooks.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } });
const only = values.only?.split(',');
const wanted = (name: FigureName): boolean => only === undefined || only.includes(name);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const RUN_MS = 5_000;
const LANES = 64;
/** As many connections as the server has. */
const CONNECTIONS = 8;

const figures: Figure[] = [];
const note = (one: Figure): void => {
  figures.push(one);
  say(`  ${one.name}: ${one.value} ${one.unit}${one.ratio === null ? '' : ` (${one.ratio} of ${one.ceiling})`}`);
};
let keys = 0;
let server = await startTender();
try {
  if (wanted('create_64')) await createMany(server);
  if (wanted('create_1')) await createOne(server);
  if (wanted('get_64')) await getMany(server);
  if (wanted('payment')) note(await step('whole payments', () => measurePayments(server, RUN_MS)));
  if (wanted('next_in_series_32')) note(await step('charges without the payer', () => measureNext(server, RUN_MS)));
  if (wanted('webhook_delay')) note(await step('webhooks at 200 events a second', () => measureWebhooks(server)));
  if (wanted('round_trips')) note(await step('round trips', () => countRoundTrips(server)));
  if (wanted('memory')) note(figure('memory', residentMb(server.ready.pid)));
  if (wanted('growth')) note(await step('growth to a million sessions (a minute)', () => measureGrowth(server)));
  if (wanted('ready')) await readyAgain();
} finally {
  await server.stop();
  removeFolder(server.dataDir);
}
const machine = {
  cpus: cpus().length,
  model: cpus()[0]?.model,
  memory_gb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
if (values.json) process.stdout.write(`${JSON.stringify({ figures, machine })}\n`);
else process.stdout.write(`${table(figures)}\n\n${machine.cpus} cores (${machine.model}), Node ${machine.node}\n`);
process.exitCode = figures.every((one) => one.holds) ? 0 : 1;

async function step(what: string, work: () => Promise<Figure>): Promise<Figure> {
  say(`measuring ${what} …`);
  return work();
}

function createRequest(target: MeasuredServer, key: string) {
  return {
    method: 'POST',
    path: '/collect/payment_sessions',
    headers: {
      authorization: `Bearer ${target.ready.secret_key}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: '{"amount":20000,"currency":"ZAR","description":"Two tickets"}',
  };
}

async function createOnce(target: MeasuredServer, line: Line): Promise<string> {
  const answer = await line.ask(createRequest(target, `bench-${process.pid}-${keys++}`));
  if (answer.status !== 201) throw new Error(`a create answered ${answer.status}: ${answer.body}`);
  return answer.body;
}

async function createMany(target: MeasuredServer): Promise<void> {
  say('measuring creates on 64 connections …');
  const direct = directWriters(await directDatabase(target.databaseUrl), 'bench_direct', CONNECTIONS);
  const ceiling = await measure(LANES, RUN_MS, () => direct.create());
  await direct.close();
  const lines = openLines(target, LANES);
  const ours = await measure(LANES, RUN_MS, async (lane) => void (await createOnce(target, lines[lane]!)));
  for (const line of lines) line.close();
  note(figure('create_64', ours.perSecond, ceiling.perSecond));
}

async function createOne(target: MeasuredServer): Promise<void> {
  say('measuring creates one by one …');
  const direct = directWriters(await directDatabase(target.databaseUrl), 'bench_direct', 1);
  const ceiling = await measure(1, RUN_MS / 2, () => direct.create());
  await direct.close();
  const [line] = openLines(target, 1);
  const ours = await measure(1, RUN_MS / 2, async () => void (await createOnce(target, line!)));
  line!.close();
  note(figure('create_1', ours.p50, ceiling.p50));
}

async function getMany(target: MeasuredServer): Promise<void> {
  say('measuring reads on 64 connections …');
  const lines = openLines(target, LANES);
  const session = JSON.parse(await createOnce(target, lines[0]!)) as { id: string };
  const request = {
    method: 'GET',
    path: `/collect/payment_sessions/${session.id}`,
    headers: { authorization: `Bearer ${target.ready.secret_key}` },
  };
  const bytes = (await lines[0]!.ask(request)).body.length;
  const bare = await startBare(bytes);
  const bareLines = Array.from({ length: LANES }, () => new Line(new URL(bare.url)));
  const ceiling = await measure(
    LANES,
    RUN_MS,
    async (lane) => void (await bareLines[lane]!.ask({ method: 'GET', path: '/constant', headers: request.headers })),
  );
  for (const line of bareLines) line.close();
  await bare.stop();
  const ours = await measure(LANES, RUN_MS, async (lane) => {
    const answer = await lines[lane]!.ask(request);
    if (answer.status !== 200) throw new Error(`a read answered ${answer.status}`);
  });
  for (const line of lines) line.close();
  note(figure('get_64', ours.perSecond, ceiling.perSecond));
}

function openLines(target: MeasuredServer, count: number): Line[] {
  return Array.from({ length: count }, () => new Line(new URL(target.ready.api_url)));
}

async function readyAgain(): Promise<void> {
  say('measuring a second start …');
  const { dataDir } = server;
  await server.stop();
  server = await startTender(dataDir);
  note(figure('ready', server.readyMs / 1_000));
}
