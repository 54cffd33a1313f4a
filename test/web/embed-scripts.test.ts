/** The scripts of embedding as text: whole, small, without types; and what the shop's side makes of messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { ASSETS } from '../../src/web/checkout/assets.ts';
import { type Embed, hear } from '../../src/web/checkout/embed/loader.ts';
import { framePageScript, loaderScript } from '../../src/web/checkout/embed/scripts.ts';

const ID = `ckt_${'A'.repeat(24)}`;

/** Names that a script calls although neither it nor a browser has them. */
function missingNames(source: string): string[] {
  const defined = new Set([...source.matchAll(/(?:function|const|let) (\w+)/g)].map(([, name]) => name));
  const called = new Set([...source.matchAll(/(?<![.:\w'/])([a-z]\w*)\(/g)].map(([, name]) => name as string));
  const known =
    'addEventListener removeEventListener clearInterval clearTimeout setInterval setTimeout fetch confirm atob parseInt function if for while switch catch return await async of super resolve open deaf close rewrite';
  return [...called].filter((name) => !defined.has(name) && !known.split(' ').includes(name));
}

test('every function that the two scripts call is in them, and they hold no types, imports or markup sinks', () => {
  for (const source of [loaderScript(), framePageScript()]) {
    assert.deepEqual(missingNames(source), []);
    assert.doesNotThrow(() => new Script(source.replace(/\nstart\(\);startFrame\(\);/, '')));
    assert.doesNotMatch(source, /\bimport\b|\bexport\b|\binterface\b/);
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc/);
    assert.doesNotMatch(source, /postMessage\([^;]*'\*'/, 'messages name the origin they are for');
  }
  assert.deepEqual(missingNames('function a() { lost(); }'), ['lost']);
});

test('a shop loads 2 KB at most; a page out of a frame loads nothing of what a frame needs', () => {
  assert.ok(ASSETS.loader.gzip.length <= 2 * 1024, `${ASSETS.loader.gzip.length} bytes`);
  assert.doesNotMatch(ASSETS.script.body.toString(), /startFrame|postMessage\(\{ tender/);
  assert.match(ASSETS.frameScript.body.toString(), /startFrame\(\);\n$/);
});

/** A checkout in a shop's page that remembers what the shop was told. */
function shopOn(): { embed: Embed; told: unknown[]; say(type: string, facts?: object): void } {
  const told: unknown[] = [];
  const note = (name: string) => (event?: object) => void told.push(event === undefined ? name : [name, event]);
  const names = ['onReady', 'onCompleted', 'onFailed', 'onCancelled', 'onExpired'];
  const options = Object.fromEntries(names.map((name) => [name, note(name)]));
  const style = { height: '' };
  const frame = { style, remove: () => told.push('removed') } as unknown as HTMLIFrameElement;
  const embed: Embed = {
    ...{ options, url: new URL(`https://pay.example/checkout/${ID}`), modal: false, frame, shown: frame },
    ...{ heard: false, known: false, over: false, dead: false, asked: false, deaf: () => void told.push('deaf') },
  };
  const say = (type: string, facts: object = {}) =>
    hear(embed, { type, checkout_session_id: ID, session_id: 'ps_1', ...facts });
  return { embed, told, say };
}

test('an end is told once, however often the page in the frame loads again', () => {
  for (const [type, name] of [
    ['completed', 'onCompleted'],
    ['expired', 'onExpired'],
  ] as const) {
    const { told, say } = shopOn();
    for (let loads = 0; loads < 3; loads++) {
      say('ready', { height: 500, version: 4 });
      say(type);
    }
    assert.deepEqual(told, ['onReady', [name, { session_id: 'ps_1' }]]);
  }
});

test('after a cancelled session the frame is gone before the shop is told', () => {
  const { told, say, embed } = shopOn();
  say('ready', { version: 1 });
  say('cancelled');
  assert.deepEqual(told, ['onReady', 'deaf', 'removed', ['onCancelled', { session_id: 'ps_1' }]]);
  assert.equal(embed.frame, undefined);
  say('completed');
  assert.equal(told.length, 4);
});

test('each decline is told once, and one from before the frame was opened is no news', () => {
  const { told, say } = shopOn();
  const failed = (version: number) => say('failed', { version, final: false });
  say('ready', { version: 4 });
  failed(4);
  failed(7);
  say('ready', { version: 7 });
  failed(7);
  failed(10);
  const event = ['onFailed', { session_id: 'ps_1', final: false }];
  assert.deepEqual(told, ['onReady', event, event]);
});

test('that nothing can be paid any more is told also when it was so from the start', () => {
  const { told, say } = shopOn();
  say('ready', { version: 4 });
  say('failed', { version: 4, final: true });
  say('failed', { version: 5, final: true });
  assert.deepEqual(told, ['onReady', ['onFailed', { session_id: 'ps_1', final: true }]]);
});

test('messages of another session and types that are not known mean nothing', () => {
  const { told, say, embed } = shopOn();
  for (const type of ['paid', 'constructor', 'hello', '']) say(type);
  for (const type of ['ready', 'completed', 'failed', 'cancelled'])
    say(type, { checkout_session_id: `ckt_${'B'.repeat(24)}`, height: 9 });
  assert.deepEqual(told, []);
  assert.equal(embed.frame?.style.height, '');
});

test('the frame in the flow is as high as it says, in whole numbers or not at all', () => {
  const { say, embed } = shopOn();
  say('resize', { height: 712 });
  assert.equal(embed.frame?.style.height, '712px');
});
