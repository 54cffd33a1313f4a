/**
 * The guides are true: every example of docs/guides, docs/operations and the quick start is done as a reader would, and answered as
 * the page says. That no block anywhere is left out: test/docs-blocks.test.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorker } from '../src/compose.ts';
import { EVENT_TYPES } from '../src/domain/events.ts';
import { testApp } from './support/app.ts';
import type { ApiDocument } from './support/contract.ts';
import { asShown } from './support/doc-answers.ts';
import { allPages, FOLLOWED } from './support/doc-blocks.ts';
import { besideApp, follow } from './support/doc-examples.ts';
import type { Made } from './support/doc-reader.ts';
import { type Step, stepsOf } from './support/doc-steps.ts';
import { filesUnder } from './support/source-tree.ts';

const guides = filesUnder('docs/guides', ['.md']);
const pages = allPages().filter(({ path }) => FOLLOWED.test(path));
const [api] = filesUnder('docs', ['openapi.json']).map((file) => JSON.parse(file.text) as ApiDocument);
const [cards] = filesUnder('data', ['sandbox-cards.json']).map((file) => JSON.parse(file.text) as Card[]);
const made: Made[] = [];

interface Card {
  number: string;
  behaviour: string;
}

for (const { path, text } of pages) {
  const steps = stepsOf(path, text);
  if (steps.length === 0) continue;
  test(`every example of ${path} is answered as the page says`, async (t) => {
    const live = steps.some(needsWorker);
    const app = await testApp({ realTime: live, requestLog: true });
    const stop = live ? startWorker(app.program) : undefined;
    t.after(async () => {
      await stop?.();
      await app.close();
    });
    made.push(...(await follow(besideApp(app), { path, steps })));
  });
}

test('every route of the tags listed below is shown in a guide', () => {
  const shown = new Set(made.map(({ operation }) => operation));
  const routes = operations().map(({ method, path }) => `${method} ${path}`);
  assert.ok(routes.length >= 60);
  assert.deepEqual(
    routes.filter((route) => !shown.has(route)),
    [],
  );
});

test('every conflict of these routes is explained in the guide that shows the route', () => {
  for (const { path, conflicts } of operations()) {
    const page = GUIDE_OF.find(([ending]) => path.endsWith(ending))?.[1];
    if (conflicts.length === 0) continue;
    const rows = tableRows(page ?? assert.fail(`no guide is known for ${path}`));
    for (const code of conflicts) assert.ok(rows.has(code), `${page} does not explain ${code}`);
  }
});

test('a guide names only events, cards and errors that exist, and the cards of captures, voids and refunds are all shown', () => {
  const events = new Set<string>(EVENT_TYPES);
  const all = guides.map(({ text }) => text).join('\n');
  for (const [, type] of all.matchAll(
    /`((?:payment|refund|payment_session|payment_method|mandate|subscription)\.[a-z_]+)`/g,
  ))
    assert.ok(events.has(type!), type);
  const named = new Set([...all.matchAll(/`(\d{4}(?: \d{4}){3})`/g)].map(([, card]) => card!.replaceAll(' ', '')));
  const known = new Map(cards!.map((card) => [card.number, card]));
  for (const card of named) assert.ok(known.has(card), card);
  const later = cards!.filter(
    (card) => /^40000095/.test(card.number) && /capture|void|refund|short/.test(card.behaviour),
  );
  assert.ok(later.length >= 8);
  for (const card of later) assert.ok(named.has(card.number), `${card.number} (${card.behaviour}) is in no guide`);
});

test('every rule that may forbid a charge is explained in the guide to mandates', () => {
  const [declared] = filesUnder('src/domain', ['violation.ts']);
  const rules = [...declared!.text.matchAll(/^ {2}\| '([a-z_]+)'/gm)].map(([, code]) => code!);
  assert.ok(rules.length >= 25);
  const page = guides.find(({ path }) => path === 'docs/guides/mandates.md')!.text;
  const cells = [...page.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|/gm)].map(([, cell]) => cell).join();
  for (const rule of rules) assert.ok(cells.includes(`\`${rule}\``), rule);
});

test('a page whose blocks nobody could execute or check is refused', () => {
  const refused: [string, RegExp][] = [
    ['```sh\nrm -rf .\n```', /x\.md:1: neither one request nor ids to keep/],
    ['```sh\ncurl a\n```\n\n```sh\ncurl b\n```', /x\.md:5: the request before has no answer/],
    ['```sh\ncurl a\ncurl b\n```', /neither one request/],
    ['```json\n{}\n```', /no request stands before this answer/],
    ['```sh\ncurl a\n```', /the last request has no answer/],
    ['```sh\ncurl a\n```\n```json\n{ "a": }\n```', /x\.md:4: not JSON/],
    ['```rust\nlet a;\n```', /only sh, json, text, js and ts/],
    ['```text\nok\n```', /x\.md:1: nothing that prints this/],
    ['```js\nlet a;\n```', /x\.md:1: the first line says which file/],
  ];
  for (const [text, words] of refused) assert.throws(() => stepsOf('x.md', text), words, text);
});

test('an answer without a body is told in words', () => {
  const [step, ...more] = stepsOf('x.md', '```sh\ncurl a\n```\n\nThat answers 204.\n');
  assert.deepEqual(step, { does: 'request', line: 1, shell: 'curl a\n', answer: undefined });
  assert.deepEqual(more, []);
});

test('what a page says in words is done between its requests', () => {
  const answered = '```sh\ncurl a\n```\n```json\n{}\n```\n';
  const steps = stepsOf(
    'x.md',
    `${answered}Pay with card \`4242 4242 4242 4242\`,\nwait 2 minutes.\n\`\`\`sh\nA=pay_…\n\`\`\``,
  );
  assert.deepEqual(steps, [
    { does: 'request', line: 1, shell: 'curl a\n', answer: {} },
    { does: 'pay', line: 7, card: '4242424242424242' },
    { does: 'wait', line: 8, ms: 120_000 },
    { does: 'keep', line: 9, name: 'A', prefix: 'pay_' },
  ]);
});

test('files, programs, commands and saved cards of a page are steps too', () => {
  const page = [
    '```js\n// a.mjs\nlet a;\n```\n```sh\nnode a.mjs &\n```\n```text\nReady\n```',
    '```sh\ntender keys list\n```\n```text\nkey_…\n```\n```sh\nnpm run tender -- check --json\n```\n```json\n{}\n```',
    'Pay with card `4242 4242 4242 4242` and tick the box, then pay with the saved card.\n```ts\nlet b;\n```',
  ].join('\n');
  assert.deepEqual(
    stepsOf('x.md', page).map(({ line: _, ...step }) => step),
    [
      { does: 'save', file: 'a.mjs', text: '// a.mjs\nlet a;\n' },
      { does: 'start', shell: 'node a.mjs &\n' },
      { does: 'read', prints: 'Ready' },
      { does: 'command', shell: 'tender keys list\n', prints: 'key_…' },
      { does: 'command', shell: 'npm run tender -- check --json\n', prints: {} },
      { does: 'pay', card: '4242424242424242', ticked: true },
      { does: 'pay again' },
    ],
  );
});

test('a program or a command that prints something else than its page, or fails, is found', async (t) => {
  const app = await testApp({ realTime: true });
  t.after(() => app.close());
  const program = "```js\n// a.mjs\nsetInterval(() => 0, 1e9);\nconsole.log('Ready');\n```\n```sh\nnode a.mjs &\n```\n";
  const wrong: [string, RegExp][] = [
    [`${program}\`\`\`text\nBusy\n\`\`\``, /x\.md:9: the program \(\+\) does not print/],
    ['```sh\ntender accounts list\n```\n```text\nacc_… Another\n```', /x\.md:1: the command \(\+\) does not print/],
    ['```sh\ntender accounts lost\n```', /Command failed/],
  ];
  for (const [text, words] of wrong)
    await assert.rejects(follow(besideApp(app), { path: 'x.md', steps: stepsOf('x.md', text) }), words, text);
});

test('an answer differs from its page by every value, member and order that the page does not leave open', () => {
  const answer = { id: 're_1', amount: 5, at: '2026-01-31T12:00:00.000Z', inner: { a: 1, b: 2 } };
  const agree = (page: unknown) => JSON.stringify(asShown(answer, page)) === JSON.stringify(page);
  assert.ok(agree({ id: 're_…', amount: 5, at: '…Z', inner: { a: 1, b: 2 } }));
  assert.ok(agree({ id: 're_…', inner: { b: 2, '…': '…' }, '…': '…' }));
  assert.ok(!agree({ id: 'pay_…', '…': '…' }), 'another prefix');
  assert.ok(!agree({ id: 're_…', amount: 6, '…': '…' }), 'another value');
  assert.ok(!agree({ id: 're_…', amount: 5, at: '…Z' }), 'a member the page does not show');
  assert.ok(!agree({ id: 're_…', reason: 'other', '…': '…' }), 'a member the answer does not have');
  assert.ok(!agree({ amount: 5, id: 're_…', '…': '…' }), 'another order');
  assert.ok(!agree({ id: 're_…', amount: 5, at: '…Z', inner: { a: 1, b: 2 }, '…': '…' }), 'nothing more to come');
  assert.ok(!agree({ id: 're_…', amount: '…', '…': '…' }), 'an amount is never left open');
});

/** A program of the reader's believes no webhook of another time, and a scenario waits for what only a worker does. */
function needsWorker(step: Step): boolean {
  return step.does === 'start' || (step.does === 'command' && /\btrigger\b/.test(step.shell));
}

/** Which guide explains the refusals of a route. */
const GUIDE_OF = [
  ['/payment_sessions', 'docs/guides/sessions.md'],
  ['/payment_sessions/{id}', 'docs/guides/sessions.md'],
  ['/payment_sessions/{id}/cancel', 'docs/guides/sessions.md'],
  ['/customers', 'docs/guides/customers.md'],
  ['/customers/{id}', 'docs/guides/customers.md'],
  ['/webhook_endpoints', 'docs/guides/webhooks.md'],
  ['/webhook_endpoints/{id}', 'docs/guides/webhooks.md'],
  ['/ping', 'docs/guides/webhooks.md'],
  ['/rotate_secret', 'docs/guides/webhooks.md'],
  ['/recover', 'docs/guides/webhooks.md'],
  ['/retry', 'docs/guides/webhooks.md'],
  ['/captures', 'docs/guides/capture-and-void.md'],
  ['/voids', 'docs/guides/capture-and-void.md'],
  ['/refunds', 'docs/guides/refunds.md'],
  ['/resolve', 'docs/guides/reviews.md'],
  ['/revoke', 'docs/guides/mandates.md'],
  ['/subscriptions/{id}', 'docs/guides/subscriptions.md'],
  ['/pause', 'docs/guides/subscriptions.md'],
  ['/resume', 'docs/guides/subscriptions.md'],
  ['/cancel', 'docs/guides/subscriptions.md'],
  ['/clock/advance', 'docs/guides/test-clock.md'],
  ['/settings', 'docs/guides/settings.md'],
  ['/webhook_endpoints', 'docs/guides/webhooks.md'],
  ['/webhook_endpoints/{id}', 'docs/guides/webhooks.md'],
  ['/ping', 'docs/guides/webhooks.md'],
  ['/rotate_secret', 'docs/guides/webhooks.md'],
  ['/recover', 'docs/guides/webhooks.md'],
  ['/retry', 'docs/guides/webhooks.md'],
] as const;

/** Parts of the API whose every route a guide shows. */
const TAGS = [
  ...['Payment sessions', 'Payments', 'Refunds', 'Customers', 'Mandates', 'Subscriptions'],
  ...['Settings', 'Checkout page', 'Test mode', 'Webhooks', 'Events'],
];

function operations(): { method: string; path: string; conflicts: string[] }[] {
  return Object.entries<ApiDocument>(api.paths).flatMap(([path, methods]) =>
    Object.entries<ApiDocument>(methods)
      .filter(([, operation]) => TAGS.includes(operation.tags?.[0]))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        conflicts: operation.responses[409]?.description.split(', ') ?? [],
      })),
  );
}

/** The first cells of a page's tables, without their marks. */
function tableRows(path: string): Set<string> {
  const { text } = guides.find((guide) => guide.path === path)!;
  return new Set([...text.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code!));
}
