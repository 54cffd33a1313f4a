/** `tender doctor`: is everything as it should be from here to the bank, and does your endpoint do what an endpoint must? */
import { readFileSync } from 'node:fs';
import { ApiError, Tender } from '../../sdk/src/tender.ts';
import { examineEndpoint } from './doctor-endpoint.ts';
import type { Given } from './given.ts';
import { secretOf } from './listen.ts';
import { runningSandbox } from './running-sandbox.ts';
import { type RunningServer, runningServer } from './running-server.ts';
import { Usage } from './usage.ts';

export interface Finding {
  name: string;
  ok: boolean;
  detail: string;
  /** What to do; absent where nothing has to be done. */
  fix?: string;
}

const MOST_SKEW_MS = 30_000;

export async function runDoctor(given: Given): Promise<number> {
  const endpoint = given.text('endpoint');
  if (endpoint !== undefined && !URL.canParse(endpoint))
    throw new Usage(`--endpoint is an address such as http://localhost:3000/webhooks, not "${endpoint}".`);
  const server = runningServer(given);
  const findings = await examineServer(server, Date.now);
  if (server.key.startsWith('sk_test_')) findings.push(await examineSandbox(given));
  if (endpoint !== undefined)
    findings.push(
      ...(await examineEndpoint({ url: endpoint, secret: secretOf(given.text('secret')), nowMs: Date.now })),
    );
  const bad = findings.filter(({ ok }) => !ok).length;
  process.stdout.write(
    given.flag('json') ? `${JSON.stringify({ ok: bad === 0, findings })}\n` : findings.map(told).join(''),
  );
  process.stderr.write(bad === 0 ? 'All is well.\n' : `${bad} of ${findings.length} need you.\n`);
  return bad === 0 ? 0 : 1;
}

/** Whether it answers, is of this version, reaches its database, knows the key, and has the same time. */
export async function examineServer(server: RunningServer, nowMs: () => number): Promise<Finding[]> {
  const sentAt = nowMs();
  let live: Response;
  try {
    live = await fetch(`${server.url}/health/live`, { signal: AbortSignal.timeout(10_000) });
    await live.arrayBuffer();
  } catch (error) {
    const detail = `${server.url}: ${String((error as Error).cause ?? error)}`;
    return [{ name: 'server answers', ok: false, detail, fix: 'Start it with `npm start`, or set TENDER_URL.' }];
  }
  const answeredAt = nowMs();
  const took = `${server.url} in ${answeredAt - sentAt} ms`;
  return [
    {
      name: 'server answers',
      ok: live.ok,
      detail: took,
      ...(live.ok ? {} : { fix: 'Is this the address of Tender?' }),
    },
    await version(server),
    await database(server),
    skew(live.headers.get('date'), { sentAt, answeredAt }),
    ...(await account(server)),
  ];
}

async function version({ url }: RunningServer): Promise<Finding> {
  const here = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
  const { info } = (await (await fetch(`${url}/openapi.json`)).json()) as { info?: { version?: string } };
  const there = info?.version ?? 'unknown';
  const ok = there === here;
  const fix = 'Use the command of the version that the server runs.';
  return { name: 'versions are equal', ok, detail: `command ${here}, server ${there}`, ...(ok ? {} : { fix }) };
}

async function database({ url }: RunningServer): Promise<Finding> {
  const answer = await fetch(`${url}/health/ready`);
  const { details } = (await answer.json()) as { details?: { database: string; checks?: { broken: string[] } } };
  const broken = details?.checks?.broken ?? [];
  const name = 'database answers and its invariants hold';
  if (answer.status !== 200)
    return {
      name,
      ok: false,
      detail: `database ${details?.database ?? 'unknown'}`,
      fix: 'Is PostgreSQL up, and DATABASE_URL right?',
    };
  if (broken.length > 0)
    return { name, ok: false, detail: broken.join(', '), fix: 'Run `tender check` and keep the database as it is.' };
  return { name, ok: true, detail: details?.checks === undefined ? 'not checked yet' : 'checked' };
}

/** The header has whole seconds; the way there and back is taken for uncertain. */
export function skew(date: string | null, { sentAt, answeredAt }: { sentAt: number; answeredAt: number }): Finding {
  const name = 'clocks agree';
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) return { name, ok: true, detail: 'the server does not say what time it is' };
  const offMs = there < sentAt - 1_000 ? there - sentAt : there > answeredAt ? there - answeredAt : 0;
  const ok = Math.abs(offMs) <= MOST_SKEW_MS;
  const detail =
    offMs === 0
      ? 'to the second'
      : `the server is ${Math.abs(Math.round(offMs / 1000))} s ${offMs > 0 ? 'ahead' : 'behind'}`;
  const fix = 'Set both clocks by NTP: signatures that are five minutes off are refused.';
  return { name, ok, detail, ...(ok ? {} : { fix }) };
}

/** The key, and what the account itself shows: endpoints that were switched off, a clock that was moved. */
async function account({ url, key }: RunningServer): Promise<Finding[]> {
  const tender = new Tender(key, { baseUrl: url, maxRetries: 0 });
  const name = 'the key is known';
  try {
    const endpoints = await tender.webhookEndpoints.list({ limit: 100 }).toArray({ limit: 100 });
    const off = endpoints.filter(({ enabled }) => !enabled).map((one) => one.url);
    const mode = key.startsWith('sk_live_') ? 'live' : 'test';
    const fix =
      'Mend the endpoint and switch it on again: PATCH /collect/webhook_endpoints/{id} with {"enabled": true}.';
    return [
      { name, ok: true, detail: `a secret key, ${mode} mode` },
      {
        name: 'webhook endpoints are enabled',
        ok: off.length === 0,
        detail: off.length === 0 ? `${endpoints.length} of ${endpoints.length}` : `switched off: ${off.join(', ')}`,
        ...(off.length === 0 ? {} : { fix }),
      },
      ...(mode === 'test' ? [await clock(tender)] : []),
    ];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [{ name, ok: false, detail: `${error.code} (${error.status})`, fix: error.fix }];
  }
}

async function clock(tender: Tender): Promise<Finding> {
  const { offset_seconds: ahead, now } = await tender.testMode.getClock();
  const detail = ahead === 0 ? 'real time' : `moved ahead: it is ${now} for this account`;
  return { name: 'test clock', ok: true, detail };
}

async function examineSandbox(given: Given): Promise<Finding> {
  const name = 'sandbox answers and its book is whole';
  try {
    const bank = runningSandbox(given);
    await bank.health();
    const { ok, charges, violations } = await bank.check();
    const detail = ok ? `${charges} charges` : violations.map(({ rule }) => rule).join(', ');
    return {
      name,
      ok,
      detail,
      ...(ok ? {} : { fix: 'Keep .tender/sandbox/book.jsonl: it says what was really charged.' }),
    };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: (error as Error).message,
      fix: 'Start it with `npm start`; test payments need it.',
    };
  }
}

function told({ name, ok, detail, fix }: Finding): string {
  return `${ok ? '✔' : '✖'} ${name}: ${detail}\n${fix === undefined ? '' : `    ${fix}\n`}`;
}
