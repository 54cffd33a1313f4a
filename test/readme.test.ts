/**
 * The README is true: its links lead somewhere, its scripts exist, and its requests, pasted into a shell against a server
 * that `npm start`'s command started, are answered as it says.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { cards, Payer } from './support/payer.ts';
import { testPostgres } from './support/postgres.ts';
import { filesUnder, PROJECT_FOLDER } from './support/source-tree.ts';

const PAGES = ['README.md', 'ARCHITECTURE.md', 'STYLE.md', 'CONTRIBUTING.md', 'SECURITY.md'];
const readme = readFileSync(join(PROJECT_FOLDER, 'README.md'), 'utf8');
const scripts = (
  JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
).scripts;

interface Server {
  api_url: string;
  secret_key: string;
}

let server: Server;
let stop: () => Promise<void>;
let dataDir: string;

before(async () => {
  const { adminUrl } = await testPostgres();
  const name = `readme_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, `create database ${name}`);
  dataDir = mkdtempSync(join(tmpdir(), 'tender-readme-'));
  const child = spawn(process.execPath, ['src/cli/tender.mjs', 'dev', '--json'], {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: adminUrl.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${name}`),
      TENDER_DATA_DIR: dataDir,
      TENDER_PORT: '0',
      TENDER_SANDBOX_PORT: '0',
      TENDER_SANDBOX_LATENCY: '0',
    },
  });
  const ended = once(child, 'exit');
  stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await administer(adminUrl, `drop database ${name} with (force)`);
    rmSync(dataDir, { recursive: true, force: true });
  };
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => assert.fail('the server ended before it was ready')),
  ])) as [string];
  server = JSON.parse(line) as Server;
});

after(() => stop());

test('every command of the README is a script of this project or a request', () => {
  const blocks = shellBlocks();
  assert.ok(blocks.length >= 6);
  for (const block of blocks) {
    if (block.startsWith('curl ')) continue;
    const script = /^npm (?:run )?([a-z]+)(?: -- [a-z -]+)?$/.exec(block)?.[1];
    assert.ok(script !== undefined && scripts[script] !== undefined, `not a command of this project: ${block}`);
  }
});

test('the first request of the README creates a session whose page opens, and repeated gives the same bytes', async () => {
  const create = request(/concert tickets/);
  const first = await shell(create);
  const session = JSON.parse(first) as { id: string; status: string; amount: number; session_url: string };
  assert.equal(session.status, 'active');
  assert.equal(session.amount, 2000);
  assert.equal((await fetch(session.session_url)).status, 200);
  assert.equal(await shell(create), first);
  const list = JSON.parse(await shell(request(/payment_sessions\?limit=1/))) as { data: { id: string }[] };
  assert.deepEqual(
    list.data.map((listed) => listed.id),
    [session.id],
  );
});

test('the later charge of the README is understood, and refused for ids that do not exist', async () => {
  const answer = JSON.parse(await shell(request(/next_in_series\\"/))) as { code: string };
  assert.equal(answer.code, 'customer_not_found');
});

test('the request for events of the README tells of the session', async () => {
  await shell(request(/concert tickets/));
  // An event is shown once it has its number, a moment after the commit: asked again until then.
  let events: { type: string; sequence: number }[] = [];
  for (let asked = 0; asked < 100 && events.length === 0; asked++) {
    events = (JSON.parse(await shell(request(/collect\/events/))) as { data: typeof events }).data;
  }
  assert.equal(events[0]?.type, 'payment_session.created');
  assert.equal(events[0]?.sequence, 1);
});

test('the year of a subscription in the README is twelve charges', async () => {
  const session = JSON.parse(await shell(request(/subscription_options/))) as { checkout_session_id: string };
  const page = await new Payer(server.api_url).pays(session, cards.approved);
  assert.equal(page.status, 200);
  assert.equal(
    (JSON.parse(await shell(request(/clock\/advance/))) as { moved_seconds: number }).moved_seconds,
    31_622_400,
  );
  const { data } = JSON.parse(await shell(request(/collect\/subscriptions/))) as { data: { counts: object }[] };
  assert.deepEqual(data[0]?.counts, { paid: 12, unpaid: 0, skipped: 0, missed: 0 });
});

test('the branding of the README is worn by the next page that is opened', async () => {
  const { display_name } = JSON.parse(await shell(request(/brand_color/))) as { display_name: string };
  const session = JSON.parse(await shell(request(/concert tickets/))) as { session_url: string };
  const page = await (await fetch(session.session_url)).text();
  assert.match(page, new RegExp(`<title>[^<]*${display_name}`));
  assert.match(page, /--button:#7a3e1d/);
});

test('the scenario of the README reaches its end', async () => {
  const words = shellBlocks().flatMap((block) => /^npm run tender -- (trigger .*)$/.exec(block)?.[1] ?? []);
  assert.equal(words.length, 1);
  const env = { ...process.env, TENDER_DATA_DIR: dataDir };
  const asked = [join(PROJECT_FOLDER, 'src/cli/tender.mjs'), ...words[0]!.split(' ')];
  const { stderr } = await promisify(execFile)(process.execPath, asked, { env });
  assert.match(stderr, /The end was reached/);
});

test('every card of the README is a card of the sandbox', () => {
  const known = readFileSync(join(PROJECT_FOLDER, 'data/sandbox-cards.json'), 'utf8');
  const named = [...readme.matchAll(/`(\d{4}(?: \d{4}){3})`/g)].map((match) => match[1]!.replaceAll(' ', ''));
  assert.ok(named.length >= 5);
  for (const card of named) assert.ok(known.includes(`"${card}"`), card);
});

test('every link to a file leads to one', () => {
  const pages = [
    ...filesUnder('docs', ['.md']),
    ...filesUnder('.', ['.md']).filter((file) => PAGES.includes(file.path)),
  ];
  assert.ok(pages.length >= 10);
  for (const page of pages) {
    for (const [, target] of page.text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      assert.ok(existsSync(join(PROJECT_FOLDER, dirname(page.path), target!)), `${page.path} links to ${target}`);
    }
  }
});

function shellBlocks(): string[] {
  return [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!.trim());
}

function request(words: RegExp): string {
  const found = shellBlocks().find((block) => block.startsWith('curl ') && words.test(block));
  assert.ok(found, `the README has a request with ${words}`);
  return found;
}

/** Runs a block as a person would paste it, with this server's address and key. */
async function shell(block: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', block.replaceAll('http://localhost:4600', server.api_url)],
    {
      env: {
        ...process.env,
        TENDER_SECRET_KEY: server.secret_key,
        CUSTOMER_ID: `cus_${'0'.repeat(24)}`,
        PAYMENT_METHOD_ID: `pmt_${'0'.repeat(24)}`,
      },
    },
  );
  return stdout;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
