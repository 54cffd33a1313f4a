/**
 * What the commands declare, held against what is made from it: every example can be read, every option has one meaning, mistakes are
 * named, shells complete, and help loads next to nothing.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../../scripts/demo/tender-process.ts';
import { type Command, examplesOf } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { type Given, readWords } from '../../src/cli/given.ts';
import { helpOf } from '../../src/cli/help.ts';
import { nearWord } from '../../src/cli/near-word.ts';
import { moneyText, recordText, tableText } from '../../src/cli/record-text.ts';
import { terminalQr } from '../../src/cli/terminal-qr.ts';
import { Usage } from '../../src/cli/usage.ts';
import { qrCode } from '../../src/lib/qr-code.ts';
import { PROJECT_FOLDER } from '../support/source-tree.ts';

const run = promisify(execFile);

function named(name: string): Command {
  return commands.find((command) => command.name === name)!;
}

/** The words of an example as a shell would hand them over: without what is piped on, set before or put into a file. */
function wordsOf(line: string): string[] {
  const own = line.replace(/^.*?\btender /, '').replace(/ [|>].*$|\)$/, '');
  return [...own.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

test('every example of every command and verb is one that its command can read', () => {
  const lines = commands.flatMap((command) =>
    [undefined, ...(command.verbs ?? [])].flatMap((verb) => examplesOf(command, verb).map(({ line }) => line)),
  );
  const examples = [...new Set(lines)].filter((line) => line.includes('tender '));
  assert.ok(examples.length >= 60, `${examples.length} examples`);
  for (const line of examples) {
    const [name, ...words] = wordsOf(line);
    assert.doesNotThrow(() => readWords(named(name!), words), line);
  }
});

test('in a command one option has one form, and each verb has an example and a line of help', () => {
  for (const command of commands) {
    const options = [...(command.options ?? []), ...(command.verbs ?? []).flatMap((verb) => verb.options ?? [])];
    for (const group of Map.groupBy(options, ({ name }) => name).values()) {
      const forms = group.map(({ short, value, repeats }) => `${short} ${value !== undefined} ${repeats === true}`);
      assert.equal(new Set(forms).size, 1, `${command.name} --${group[0]!.name}`);
    }
    for (const verb of command.verbs ?? []) assert.match(helpOf(command, verb), /^Examples:\n {2}\S/);
  }
});

const mistakes: [line: string, words: RegExp][] = [
  ['sessions', /create, get, list or cancel: which one\?/],
  ['sessions lits', /no tender sessions "lits"\. Did you mean "list"\?/],
  ['sessions frobnicate', /There is create, get, list or cancel/],
  ['sessions list --lmit 3', /no option '--lmit'\. Did you mean "--limit"\?/],
  ['sessions list --amount 3', /tender sessions list has no option '--amount'/],
  ['sessions list --status activ', /--status is active, .*, not "activ"\. Did you mean "active"\?/],
  ['sessions get', /needs the id of a payment session, ps_…/],
  ['sessions get a b', /does not know what "b" is for/],
  ['sessions list --limit', /--limit needs a value: --limit N/],
  ['sessions list --status --json', /--status needs a value/],
  ['sessions list --all=yes', /--all takes no value/],
];

test('a mistake is named, and what was probably meant with it', () => {
  for (const [line, words] of mistakes) {
    const [name, ...rest] = line.split(' ');
    assert.throws(
      () => readWords(named(name!), rest),
      (error) => error instanceof Usage && words.test(error.message),
      line,
    );
  }
  assert.equal(nearWord('subscription', ['sessions', 'subscriptions']), 'subscriptions');
  assert.equal(nearWord('xy', ['sessions', 'ab']), undefined);
});

test('options are read in any place and form', () => {
  const given: Given = readWords(named('sessions'), [
    '--json',
    'create',
    '--amount=2000',
    '--metadata',
    'a=1',
    '--metadata=b=2',
  ]);
  assert.equal(given.verb?.name, 'create');
  assert.deepEqual([given.text('amount'), given.texts('metadata'), given.flag('json')], ['2000', ['a=1', 'b=2'], true]);
});

test('money has its decimals, columns stand in line, and no control character of somebody reaches the terminal', () => {
  assert.deepEqual(
    [
      moneyText(2000, 'ZAR'),
      moneyText(20, 'JPY'),
      moneyText(5, 'BHD'),
      moneyText(123456789, 'EUR'),
      moneyText(1, '???'),
    ],
    ['ZAR 20.00', 'JPY 20', 'BHD 0.005', 'EUR 1,234,567.89', '1 ???'],
  );
  const rows = [
    {
      id: 'ps_1',
      amount: 5,
      currency: 'ZAR',
      description: 'a\u001b[31mb\u202e',
      created_at: '2026-01-02T03:04:05.678Z',
    },
    { id: 'ps_22', amount: 200000, currency: 'ZAR' },
  ];
  assert.equal(
    tableText(rows, ['id', 'amount', 'description', 'created_at']),
    'ID           AMOUNT  DESCRIPTION  CREATED\n' +
      'ps_1       ZAR 0.05  a·[31mb·     2026-01-02 03:04:05Z\n' +
      'ps_22  ZAR 2,000.00  –            –\n',
  );
  assert.equal(
    recordText({ currency: 'EUR', usage: { counted: { amount: 150 } }, tags: ['a', 'b'] }),
    'currency              EUR\nusage.counted.amount  EUR 1.50\ntags                  a, b\n',
  );
});

test('a QR code of half blocks is as wide as it is high, with its quiet zone', () => {
  const lines = terminalQr('http://localhost:4600/checkout/ckt_x')!.split('\n');
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  assert.equal(lines.length, Math.ceil(lines[0]!.length / 2));
  assert.match(lines[0]!, /^█+$/);
  assert.match(lines[2]!, /^████ ▄▄▄▄▄ █/);
  assert.equal(terminalQr('x'.repeat(3_000)), undefined);
  const halves: Record<string, [upper: boolean, lower: boolean]> = {
    ' ': [true, true],
    '\u2580': [false, true],
    '\u2584': [true, false],
    '\u2588': [false, false],
  };
  const dark = lines.flatMap((line) => [0, 1].map((half) => [...line].map((glyph) => halves[glyph]![half]!)));
  const modules = qrCode('http://localhost:4600/checkout/ckt_x')!;
  assert.deepEqual(
    modules.map((_, y) => dark[y + 4]!.slice(4, -4)),
    modules,
    'every module is where the code has it',
  );
});

async function tender(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['src/cli/tender.mjs', ...args], {
    cwd: PROJECT_FOLDER,
    env: cleanEnvironment(),
  });
  return stdout;
}

function shellMissing(shell: string): string | false {
  return spawnSync(shell, ['--version']).error === undefined ? false : `${shell} is not installed here`;
}

test('bash completes commands, verbs, options and fixed values', { skip: shellMissing('bash') }, async () => {
  const script = await tender('completion', 'bash');
  const cases: [typed: string[], words: RegExp][] = [
    [['sess'], /^sessions$/],
    [['sessions', 'c'], /^create cancel$/],
    [['sessions', 'create', '--cur'], /^--currency$/],
    [['sessions', 'list', '--status', 'ex'], /^expired$/],
    [['sessions', 'list', '--status', 'active', '--js'], /^--json$/],
    [['check', '--o'], /^--only$/],
    [['frobnicate', ''], /^$/],
  ];
  const asks = cases.map(
    ([typed]) =>
      `COMP_WORDS=(tender ${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length}; _tender; echo "\${COMPREPLY[*]}"`,
  );
  const { stdout } = await run('bash', ['--norc', '-c', `${script}\n${asks.join('\n')}`]);
  const answers = stdout.split('\n');
  for (const [at, [typed, words]] of cases.entries()) assert.match(answers[at]!, words, typed.join(' '));
});

test('zsh and fish can read their scripts', async (t) => {
  for (const shell of ['zsh', 'fish']) {
    const script = await tender('completion', shell);
    assert.match(script, /payment_method_verified/);
    const missing = shellMissing(shell);
    if (missing) t.diagnostic(`not read by ${shell}: ${missing}`);
    else assert.equal(spawnSync(shell, ['-n'], { input: script }).status, 0, shell);
  }
});

test('help loads the words of the commands and nothing else', async (t) => {
  const noting = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`;
  const preload = `data:text/javascript,${encodeURIComponent(noting)}`;
  const begun = performance.now();
  const { stderr } = await run(process.execPath, ['--import', preload, 'src/cli/tender.mjs', '--help'], {
    cwd: PROJECT_FOLDER,
    env: cleanEnvironment(),
  });
  t.diagnostic(`--help took ${Math.round(performance.now() - begun)} ms here`);
  const loaded = stderr.split('\n').filter((url) => url.startsWith('file:'));
  const elsewhere = loaded.filter((url) => !url.includes('/src/cli/'));
  assert.deepEqual(elsewhere, [], 'nothing outside src/cli');
  assert.ok(loaded.length > 10 && loaded.length <= 50, `${loaded.length} modules`);
});
