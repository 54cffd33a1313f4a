/**
 * Reads a page of the documentation as a list of things that its reader does, in order:
 *
 *   `sh` with one `curl`       a request; the `json` block after it is the answer
 *   `sh` with `npm run tender -- …` or `tender …`   commands; a `json` or `text` block after them is what they print
 *   `sh` with `node x.mjs &`   a program that goes on running; a `text` block further down is what it prints by then
 *   `js` that begins `// x.mjs`   a file, as it is saved
 *   `PAYMENT=pay_…`            the id of that kind in the answer before
 *   pay with card `4242 …`     a payer pays the session of the last answer that had a `session_url`; `and tick the box` saves it
 *   pay with the saved card    the same with the card that was kept as PAYMENT_METHOD
 *   wait 10 seconds            the clock of Tender and of the bank moves on, and what is due is done
 *   answers 204                the request above has no body to show
 *
 * What is proven elsewhere, or cannot be, is listed in doc-blocks.ts with the reason.
 */
import assert from 'node:assert/strict';
import { type Block, blocksAndLines, reasonNotToRun } from './doc-blocks.ts';
import type { Json } from './merchant.ts';

/** What a page asks its reader to do, in order, each with the line it stands on. */
export type Step = { line: number } & (
  | { does: 'request'; shell: string; answer: Json | undefined }
  | { does: 'command'; shell: string; prints: string | Json | undefined }
  | { does: 'start'; shell: string }
  | { does: 'read'; prints: string }
  | { does: 'save'; file: string; text: string }
  | { does: 'keep'; name: string; prefix: string }
  | { does: 'pay'; card: string; ticked?: true }
  | { does: 'pay again' }
  | { does: 'wait'; ms: number }
);

const UNITS: Record<string, number> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const KEEP = /^(?:export )?([A-Z_]+)=([a-z]+_|[A-Z]-)…$/;
const COMMAND = /^(?:npm run (?:--silent )?tender -- |tender )/;

/** Throws AssertionError for a block that no reader could execute or that has no answer. */
export function stepsOf(path: string, text: string): Step[] {
  const page = new Page(path);
  for (const part of blocksAndLines(path, text)) {
    if ('words' in part) page.told(part.words, part.line);
    else if (reasonNotToRun(part) === undefined) page.shown(part);
  }
  return page.ended();
}

class Page {
  readonly #path: string;
  readonly #steps: Step[] = [];
  /** A request whose answer has to follow. */
  #asked: { line: number; shell: string } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  ended(): Step[] {
    assert.equal(this.#asked, undefined, `${this.#path}: the last request has no answer on the page`);
    return this.#steps;
  }

  told(words: string, line: number): void {
    if (this.#asked !== undefined && /\banswers 204\b/.test(words)) {
      this.#steps.push({ does: 'request', ...this.#asked, answer: undefined });
      this.#asked = undefined;
    } else this.#steps.push(...toldBy(words, line));
  }

  shown(block: Block): void {
    const at = `${this.#path}:${block.line}`;
    if (block.language === 'json') this.#answer(block, at);
    else if (block.language === 'text') this.#output(block, at);
    else if (block.language === 'js') this.#file(block, at);
    else if (block.language === 'sh') this.#shell(block, at);
    else assert.equal(block.language, 'ts', `${at}: only sh, json, text, js and ts blocks can be checked`);
  }

  #answer({ text }: Block, at: string): void {
    const before = this.#steps.at(-1);
    if (this.#asked !== undefined) {
      this.#steps.push({ does: 'request', ...this.#asked, answer: parsed(text, at) });
      this.#asked = undefined;
    } else {
      assert.ok(
        before?.does === 'command' && before.prints === undefined,
        `${at}: no request stands before this answer`,
      );
      before.prints = parsed(text, at);
    }
  }

  #output({ text, line }: Block, at: string): void {
    const before = this.#steps.at(-1);
    if (before?.does === 'command' && before.prints === undefined) before.prints = text.trimEnd();
    else {
      assert.ok(
        this.#steps.some(({ does }) => does === 'start'),
        `${at}: nothing that prints this was started`,
      );
      this.#steps.push({ does: 'read', line, prints: text.trimEnd() });
    }
  }

  #file({ text, line }: Block, at: string): void {
    const file = /^\/\/ ([a-z-]+\.mjs)\n/.exec(text)?.[1];
    assert.ok(file, `${at}: the first line says which file this is, as in // receiver.mjs`);
    this.#steps.push({ does: 'save', line, file, text });
  }

  #shell({ text, line }: Block, at: string): void {
    assert.equal(this.#asked, undefined, `${at}: the request before has no answer on the page`);
    const lines = text.trim().split('\n');
    if (lines.every((one) => KEEP.test(one))) {
      for (const [, name, prefix] of lines.map((one) => KEEP.exec(one)!))
        this.#steps.push({ does: 'keep', line, name: name!, prefix: prefix! });
    } else if (COMMAND.test(text)) this.#steps.push({ does: 'command', line, shell: text, prints: undefined });
    else if (/^node [a-z-]+\.mjs( &)?\n$/.test(text)) this.#steps.push({ does: 'start', line, shell: text });
    else {
      assert.equal(text.match(/^curl /gm)?.length, 1, `${at}: neither one request nor ids to keep nor commands`);
      this.#asked = { line, shell: text };
    }
  }
}

function toldBy(words: string, line: number): Step[] {
  const told = words.matchAll(
    /\bpay with (?:card `([\d ]+)`( and tick the box)?|(the saved card))|\bwait (\d+) (second|minute|hour|day)s?\b/gi,
  );
  return [...told].map(([, card, ticked, saved, count, unit]): Step => {
    if (saved !== undefined) return { does: 'pay again', line };
    if (card === undefined) return { does: 'wait', line, ms: Number(count) * UNITS[unit!.toLowerCase()]! };
    return { does: 'pay', line, card: card.replaceAll(' ', ''), ...(ticked === undefined ? {} : { ticked: true }) };
  });
}

function parsed(block: string, at: string): Json {
  try {
    return JSON.parse(block);
  } catch (error) {
    assert.fail(`${at}: not JSON: ${(error as Error).message}`);
  }
}
