/**
 * Reads a page of the documentation as its reader does: pastes its `sh` blocks into a shell one after the other, keeps the ids it
 * says to keep, pays and waits where it says so, and compares what came back with the `json` block that follows.
 *
 *   `PAYMENT=pay_…`            the id of that kind in the answer before
 *   pay with card `4242 …`     a payer pays the session of the last answer that had a `session_url`
 *   wait 10 seconds            the clock of Tender and of the bank moves on, and what is due is done
 *   answers 204                the request above has no body to show
 *   `"id": "pay_…"`            any text in place of `…`
 *   `"…": "…"`                 as the last member: further members, not shown
 *
 * `html` blocks are left to the tests in test/web/browser.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bankCatchesUp } from '../simulation/bank.ts';
import type { TestApp } from './app.ts';
import { contractOf, templateOf } from './contract.ts';
import type { Json } from './merchant.ts';

/** What a page asks its reader to do, in order, each with the line it stands on. */
export type Step = { line: number } & (
  | { does: 'request'; shell: string; answer: Json | undefined }
  | { does: 'keep'; name: string; prefix: string }
  | { does: 'pay'; card: string }
  | { does: 'wait'; ms: number }
);

const UNITS: Record<string, number> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const KEEP = /^([A-Z_]+)=([a-z]+_|[A-Z]-)…$/;

/** Throws AssertionError for a block that no reader could execute or that has no answer. */
export function stepsOf(path: string, text: string): Step[] {
  const steps: Step[] = [];
  let asked: { line: number; shell: string } | undefined;
  for (const part of text.matchAll(/^```(\w*)\n([\s\S]*?)^```$|^(?!```).*$/gm)) {
    const [, language, block] = part;
    const line = text.slice(0, part.index).split('\n').length;
    const at = `${path}:${line}`;
    // A page for a browser, which has a test of its own there.
    if (language === 'html') continue;
    if (language === undefined && asked !== undefined && /\banswers 204\b/.test(part[0])) {
      steps.push({ does: 'request', ...asked, answer: undefined });
      asked = undefined;
    } else if (language === undefined) steps.push(...toldBy(part[0], line));
    else if (language === 'json') {
      assert.ok(asked, `${at}: no request stands before this answer`);
      steps.push({ does: 'request', ...asked, answer: parsed(block!, at) });
      asked = undefined;
    } else {
      assert.equal(language, 'sh', `${at}: only sh and json blocks can be checked`);
      assert.equal(asked, undefined, `${at}: the request before has no answer on the page`);
      const lines = block!.trim().split('\n');
      if (lines.every((one) => KEEP.test(one))) {
        for (const [, name, prefix] of lines.map((one) => KEEP.exec(one)!))
          steps.push({ does: 'keep', line, name: name!, prefix: prefix! });
      } else {
        assert.equal(block!.match(/^curl /gm)?.length, 1, `${at}: neither one request nor ids to keep`);
        asked = { line, shell: block! };
      }
    }
  }
  assert.equal(asked, undefined, `${path}: the last request has no answer on the page`);
  return steps;
}

function toldBy(prose: string, line: number): Step[] {
  const told = prose.matchAll(/\bpay with card `([\d ]+)`|\bwait (\d+) (second|minute|hour|day)s?\b/gi);
  return [...told].map(([, card, count, unit]) =>
    card === undefined
      ? { does: 'wait', line, ms: Number(count) * UNITS[unit!.toLowerCase()]! }
      : { does: 'pay', line, card: card.replaceAll(' ', '') },
  );
}

function parsed(block: string, at: string): Json {
  try {
    return JSON.parse(block);
  } catch (error) {
    assert.fail(`${at}: not JSON: ${(error as Error).message}`);
  }
}

/** A request that a page made: the operation of the API's document and what it answered. */
export interface Made {
  operation: string;
  status: number;
  code?: string;
}

/** Does everything a page says against `app`, whose time is the test's. Throws AssertionError where page and server disagree. */
export async function follow(app: TestApp, page: { path: string; steps: readonly Step[] }): Promise<Made[]> {
  const reader = new Reader(app);
  const made: Made[] = [];
  try {
    for (const step of page.steps) {
      const at = `${page.path}:${step.line}`;
      if (step.does === 'request') made.push(...(await reader.asks(step, at)));
      else if (step.does === 'keep') reader.keeps(step, at);
      else if (step.does === 'pay') await reader.pays(step.card, at);
      else await reader.waits(step.ms);
      // What a worker does meanwhile: events get their numbers, notifications go out.
      await app.runDue();
    }
  } finally {
    reader.leaves();
  }
  return made;
}

/** The origins a page names, which are those of `npm start`. */
const API = 'http://localhost:4600';
const SANDBOX = 'http://localhost:4601';

/** Tells on stderr what was asked and how it was answered, and keeps the headers. */
const TELLING_CURL = `curl() {
  command curl "$@" -D headers -w '%{stderr}{"method":"%{method}","url":"%{url_effective}","status":%{response_code}}'
}`;

class Reader {
  readonly #app: TestApp;
  readonly #folder: string;
  readonly #kept: Record<string, string> = {};
  #answer = '';
  #sessionUrl: string | undefined;

  constructor(app: TestApp) {
    this.#app = app;
    this.#folder = mkdtempSync(join(tmpdir(), 'tender-guide-'));
    mkdirSync(join(this.#folder, '.tender/sandbox'), { recursive: true });
    writeFileSync(join(this.#folder, '.tender/sandbox/control.key'), `${app.sandbox.controlKey}\n`);
  }

  leaves(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Pastes the block, and compares the answer with the page's. Answers nothing for a request to the sandbox. */
  async asks(step: { shell: string; answer: Json | undefined }, at: string): Promise<Made[]> {
    const { url, sandbox, merchant } = this.#app;
    const shell = step.shell.replaceAll(API, url).replaceAll(SANDBOX, sandbox.url);
    const { stdout, stderr } = await promisify(execFile)('sh', ['-eu', '-c', `${TELLING_CURL}\n${shell}`], {
      cwd: this.#folder,
      env: {
        ...process.env,
        ...this.#kept,
        TENDER_SECRET_KEY: merchant.secretKey,
      },
    });
    const asked = JSON.parse(stderr) as { method: string; url: string; status: number };
    const { answer } = step;
    if (answer === undefined) {
      assert.deepEqual([asked.status, stdout], [204, ''], `${at}: the page says that nothing is answered`);
      return [await this.#described({ ...asked, body: undefined, text: '' })];
    }
    const body = JSON.parse(stdout) as Json;
    this.#answer = stdout;
    this.#sessionUrl = body.session_url ?? this.#sessionUrl;
    const shown = JSON.parse(stdout.replaceAll(url, API).replaceAll('"http://localhost/', `"${API}/`));
    const lines = (value: unknown) => JSON.stringify(value, null, 2).split('\n');
    const said = `${at}: the server (+) does not answer what the page shows (-)`;
    assert.deepEqual(lines(asShown(shown, answer)), lines(answer), said);
    return asked.url.startsWith(url) ? [await this.#described({ ...asked, body, text: stdout })] : [];
  }

  /** Holds the answer to the API's own document, whose members are thereby all that `"…"` may stand for. */
  async #described(asked: { method: string; url: string; status: number; body: Json; text: string }): Promise<Made> {
    const contract = await contractOf(this.#app.url);
    const path = asked.url.slice(this.#app.url.length);
    contract.check(asked.method, path, { ...asked, headers: this.#headers() });
    const operation = `${asked.method} ${templateOf(contract.document, path)}`;
    return { operation, status: asked.status, ...(asked.status >= 400 ? { code: asked.body.code } : {}) };
  }

  #headers(): Headers {
    const lines = readFileSync(join(this.#folder, 'headers'), 'utf8').split('\r\n').slice(1);
    return new Headers(lines.filter((line) => line !== '').map((line) => line.split(/: (.*)/, 2) as [string, string]));
  }

  keeps({ name, prefix }: { name: string; prefix: string }, at: string): void {
    const found = new Set(this.#answer.match(new RegExp(`\\b${prefix}[0-9A-Za-z]{16,24}\\b`, 'g')));
    assert.equal(found.size, 1, `${at}: the answer before has ${found.size} ids of this kind`);
    [this.#kept[name]] = found as unknown as [string];
  }

  async pays(card: string, at: string): Promise<void> {
    assert.ok(this.#sessionUrl, `${at}: there is no session to pay`);
    const page = await this.#app.payer
      .another()
      .pays({ checkout_session_id: this.#sessionUrl.split('/').at(-1)! }, card);
    assert.ok(page.status < 400, `${at}: the payment page answered ${page.status} (${page.state})`);
  }

  async waits(ms: number): Promise<void> {
    this.#app.clock.advance(ms);
    await bankCatchesUp(this.#app);
    await this.#app.runDue();
  }
}

const MORE = '…';

/** The answer as the page shows it, wherever the page allows it to differ: so what still differs is what is wrong. */
export function asShown(answer: Json, page: Json): Json {
  if (typeof page === 'string' && typeof answer === 'string') return fits(answer, page) ? page : answer;
  if (Array.isArray(page) && Array.isArray(answer)) return answer.map((one, n) => asShown(one, page[n]));
  if (!isObject(page) || !isObject(answer)) return answer;
  const members = Object.entries(answer);
  const named = members.filter(([name]) => !(MORE in page) || name in page);
  const more = named.length < members.length ? { [MORE]: page[MORE] } : {};
  return { ...Object.fromEntries(named.map(([name, value]) => [name, asShown(value, page[name])])), ...more };
}

function fits(answer: string, page: string): boolean {
  const parts = page.split(MORE).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's').test(answer);
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
