/**
 * The reader of a page of the documentation: somebody with a shell in a folder of their own, who pastes blocks into it, saves files,
 * starts programs, pays in a browser, and compares what came back with the page.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contractOf, templateOf } from './contract.ts';
import { asShown, fits } from './doc-answers.ts';
import type { Json } from './merchant.ts';
import type { Payer } from './payer.ts';
import { PROJECT_FOLDER } from './source-tree.ts';

/** A request that a page made: the operation of the API's document and what it answered. */
export interface Made {
  operation: string;
  status: number;
  code?: string;
}

/** The server that a reader sits beside. */
export interface Place {
  url: string;
  secretKey: string;
  sandbox: { url: string; controlKey: string };
  payer: Payer;
  /** What commands find in the environment beside the address and the key. */
  environment: Record<string, string>;
  /** What a worker does meanwhile: events get their numbers, notifications go out. */
  works(): Promise<unknown>;
  /** Lets so many milliseconds pass, in the world's own time. */
  passes(ms: number): Promise<void>;
}

/** The origins a page names, which are those of `npm start`. */
const API = 'http://localhost:4600';
const SANDBOX = 'http://localhost:4601';

/** `tender` and `npm run tender --`, from wherever the reader is. */
const TENDER = `tender() { "$READER_NODE" "$READER_PROJECT/src/cli/tender.mjs" "$@"; }
npm() { [ "$1 $2" = "run --silent" ] && shift 1; [ "$1 $2" = "tender --" ] || shift 1; shift 2; tender "$@"; }`;

/** Tells on stderr what was asked and how it was answered, and keeps the headers. */
const TELLING_CURL = `curl() {
  command curl "$@" -D headers -w '%{stderr}{"method":"%{method}","url":"%{url_effective}","status":%{response_code}}'
}`;

export class Reader {
  readonly #place: Place;
  readonly #folder: string;
  readonly #kept: Record<string, string> = {};
  #answer = '';
  #sessionUrl: string | undefined;
  #started: ChildProcess | undefined;
  #printed = '';
  /** Called at every word of that program, and at its end. */
  #heard = (): void => undefined;
  /** Of the reader's own program, in place of the page's 3000. */
  readonly #port: number;

  constructor(place: Place, port: number) {
    this.#place = place;
    this.#port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'tender-guide-'));
    mkdirSync(join(this.#folder, '.tender/sandbox'), { recursive: true });
    writeFileSync(join(this.#folder, '.tender/sandbox/control.key'), `${place.sandbox.controlKey}\n`);
    const server = { api_url: place.url, secret_key: place.secretKey, sandbox_url: place.sandbox.url };
    writeFileSync(join(this.#folder, '.tender/server.json'), JSON.stringify(server));
  }

  async leaves(): Promise<void> {
    if (this.#started !== undefined && this.#started.exitCode === null) {
      this.#started.kill();
      await once(this.#started, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Pastes the block, and compares the answer with the page's. Answers nothing for a request to the sandbox. */
  async asks(step: { shell: string; answer: Json | undefined }, at: string): Promise<Made[]> {
    const { url } = this.#place;
    const { stdout, stderr } = await promisify(execFile)(
      'sh',
      ['-eu', '-c', `${TELLING_CURL}\n${this.#here(step.shell)}`],
      this.#shell(),
    );
    const asked = JSON.parse(stderr) as { method: string; url: string; status: number };
    const { answer } = step;
    if (answer === undefined) {
      assert.deepEqual([asked.status, stdout], [204, ''], `${at}: the page says that nothing is answered`);
      return [await this.#described({ ...asked, body: undefined, text: '' })];
    }
    const body = JSON.parse(stdout) as Json;
    this.#answer = stdout;
    this.#sessionUrl = body.session_url ?? this.#sessionUrl;
    this.#compares(stdout, answer, `${at}: the server (+) does not answer what the page shows (-)`);
    return asked.url.startsWith(url) ? [await this.#described({ ...asked, body, text: stdout })] : [];
  }

  #compares(printed: string, page: Json, said: string): void {
    const local = printed.replaceAll(this.#place.url, API).replaceAll('"http://localhost/', `"${API}/`);
    const shown = JSON.parse(local.replaceAll(`localhost:${this.#port}`, 'localhost:3000'));
    const lines = (value: unknown) => JSON.stringify(value, null, 2).split('\n');
    assert.deepEqual(lines(asShown(shown, page)), lines(page), said);
  }

  /** The page's addresses as they are in this world. */
  #here(text: string): string {
    return text
      .replaceAll(API, this.#place.url)
      .replaceAll(SANDBOX, this.#place.sandbox.url)
      .replaceAll('localhost:3000', `localhost:${this.#port}`)
      .replaceAll('listen(3000', `listen(${this.#port}`);
  }

  #shell() {
    const { secretKey, url, environment } = this.#place;
    const env = {
      ...process.env,
      ...this.#kept,
      ...environment,
      TENDER_SECRET_KEY: secretKey,
      TENDER_URL: url,
      READER_NODE: process.execPath,
      READER_PROJECT: PROJECT_FOLDER,
    };
    return { cwd: this.#folder, env };
  }

  /** Runs the commands, which have to end with 0, and compares what they print if the page shows it. */
  async commands(step: { shell: string; prints: string | Json | undefined }, at: string): Promise<void> {
    const shell = `${TENDER}\n${this.#here(step.shell)}`;
    const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', shell], this.#shell());
    this.#answer = stdout;
    const said = `${at}: the command (+) does not print what the page shows (-)`;
    if (typeof step.prints === 'string') {
      if (!fits(stdout.trimEnd(), step.prints)) assert.equal(stdout.trimEnd(), step.prints, said);
    } else if (step.prints !== undefined) this.#compares(stdout, step.prints, said);
  }

  saves({ file, text }: { file: string; text: string }): void {
    const sdk = join(PROJECT_FOLDER, 'sdk/src/tender.ts');
    writeFileSync(join(this.#folder, file), this.#here(text).replace(/'[^']*sdk\/dist\/[^']*'/, `'${sdk}'`));
  }

  /** Starts a program of the reader's, and waits for its first line, which says that it is ready. */
  async starts(shell: string): Promise<void> {
    const [, file] = shell.trim().split(' ');
    const child = spawn(process.execPath, [file!], { ...this.#shell(), stdio: ['ignore', 'pipe', 'inherit'] });
    this.#started = child;
    child.once('exit', () => this.#heard());
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#printed += text;
      this.#heard();
    });
    await this.#hears(1);
  }

  /** What the program has printed since the last look, once it has. */
  async reads(prints: string, at: string): Promise<void> {
    await this.#place.works();
    await this.#hears(prints.split('\n').length);
    const shown = this.#printed.trimEnd().replaceAll(String(this.#port), '3000');
    this.#printed = '';
    if (!fits(shown, prints))
      assert.equal(shown, prints, `${at}: the program (+) does not print what the page shows (-)`);
  }

  /** Waits until the program has printed so many lines, or has ended. */
  async #hears(lines: number): Promise<void> {
    while (this.#printed.split('\n').length <= lines && this.#started?.exitCode === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#heard = resolve;
      await promise;
    }
  }

  /** Holds the answer to the API's own document, whose members are thereby all that `"…"` may stand for. */
  async #described(asked: { method: string; url: string; status: number; body: Json; text: string }): Promise<Made> {
    const contract = await contractOf(this.#place.url);
    const path = asked.url.slice(this.#place.url.length);
    contract.check(asked.method, path, { ...asked, headers: this.#headers() });
    const operation = `${asked.method} ${templateOf(contract.document, path)}`;
    return { operation, status: asked.status, ...(asked.status >= 400 ? { code: asked.body.code } : {}) };
  }

  #headers(): Headers {
    const lines = readFileSync(join(this.#folder, 'headers'), 'utf8').split('\r\n').slice(1);
    return new Headers(lines.filter((line) => line !== '').map((line) => line.split(/: (.*)/, 2) as [string, string]));
  }

  keeps({ name, prefix }: { name: string; prefix: string }, at: string): void {
    const found = new Set(
      this.#answer.match(new RegExp(`\\b${prefix}${prefix === 'whsec_' ? '[\\w+/=]+' : '[0-9A-Za-z]{16,24}\\b'}`, 'g')),
    );
    assert.equal(found.size, 1, `${at}: the answer before has ${found.size} ids of this kind`);
    [this.#kept[name]] = found as unknown as [string];
  }

  async pays(step: { does: 'pay'; card: string; ticked?: true } | { does: 'pay again' }, at: string): Promise<void> {
    assert.ok(this.#sessionUrl, `${at}: there is no session to pay`);
    const session = { checkout_session_id: this.#sessionUrl.split('/').at(-1)! };
    const payer = this.#place.payer.another();
    const page =
      step.does === 'pay'
        ? await payer.pays(session, step.card, step.ticked ? { save_payment_method: 'true' } : {})
        : await payer.paysWithSaved(session, this.#kept.PAYMENT_METHOD ?? assert.fail(`${at}: no card was kept`));
    assert.ok(page.status < 400, `${at}: the payment page answered ${page.status} (${page.state})`);
  }

  async waits(ms: number): Promise<void> {
    await this.#place.passes(ms);
    await this.#place.works();
  }
}
