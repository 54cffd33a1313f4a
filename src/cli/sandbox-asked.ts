/** `tender sandbox book`, `check` and `cards`: what the pretend bank wrote down, its verdict on itself, and the cards it knows. */
import { readFileSync } from 'node:fs';
import type { Given } from './given.ts';
import { runningSandbox } from './running-sandbox.ts';
import type { BookRow } from './scenarios/bank.ts';
import { Usage } from './usage.ts';

interface Card {
  number: string;
  scheme: string;
  behaviour: string;
  three_ds: string;
  decline_code?: string;
  notes: string;
}

export async function runSandbox(given: Given): Promise<number> {
  const json = given.flag('json');
  const print = (data: unknown, words: string): void => {
    process.stdout.write(json ? `${JSON.stringify(data)}\n` : words);
  };
  switch (given.verb?.name) {
    case 'book': {
      const rows = await bookRows(given);
      print({ data: rows }, rows.map(bookLine).join(''));
      return 0;
    }
    case 'check': {
      const verdict = await runningSandbox(given).check();
      const broken = verdict.violations.map(({ rule, subject, detail }) => `✖ ${rule}  ${subject}  ${detail}\n`);
      print(verdict, verdict.ok ? `✔ ${verdict.charges} charges, nothing moved twice\n` : broken.join(''));
      return verdict.ok ? 0 : 1;
    }
    default: {
      const cards = cardsWith(given.words[0]);
      print({ data: cards }, cards.map(cardLine).join(''));
      return 0;
    }
  }
}

const SHOWN = 20;

async function bookRows(given: Given): Promise<BookRow[]> {
  const last = Number(given.text('last') ?? SHOWN);
  if (!Number.isInteger(last) || last < 1) throw new Usage('--last is a number from 1 on.');
  const reference = given.text('reference');
  const rows = await runningSandbox(given).book();
  return rows.filter((row) => reference === undefined || row.reference === reference).slice(-last);
}

function bookLine(row: BookRow): string {
  const money = row.amount === null ? '' : `${row.amount} ${row.currency}`;
  const state = `${row.kind} ${row.state}${row.reversed ? ', reversed' : ''}`;
  const code = row.response_code === null ? '' : `  ${row.response_code}`;
  return `${row.at}  ${(row.processor_ref ?? '-').padEnd(18)}  ${state.padEnd(24)}  ${money}${code}  ${row.reference ?? ''}\n`;
}

function cardsWith(word: string | undefined): Card[] {
  const file = new URL('../../data/sandbox-cards.json', import.meta.url);
  const cards = JSON.parse(readFileSync(file, 'utf8')) as Card[];
  const wanted = word?.toLowerCase();
  return cards.filter((card) => wanted === undefined || Object.values(card).join(' ').toLowerCase().includes(wanted));
}

function cardLine({ number, scheme, behaviour, decline_code: code, three_ds, notes }: Card): string {
  const does = [behaviour, code, three_ds === 'none' ? undefined : `3-D Secure ${three_ds}`];
  const words = does.filter((part) => part !== undefined).join(', ');
  return `${number.replace(/(.{4})(?=.)/g, '$1 ').padEnd(23)}  ${scheme.padEnd(10)}  ${words}. ${notes}\n`;
}
