/** `tender faults`: what the pretend bank is told to do wrong. Arming and firing are lines in its book, so a run can be retold. */
import type { Given } from './given.ts';
import { runningSandbox } from './running-sandbox.ts';
import type { ArmedFault, Bank, Fault } from './scenarios/bank.ts';
import { Usage } from './usage.ts';

export async function runFaults(given: Given): Promise<number> {
  const bank = runningSandbox(given);
  const { words, data } = await done(bank, given);
  process.stdout.write(given.flag('json') ? `${JSON.stringify(data)}\n` : words);
  return 0;
}

async function done(bank: Bank, given: Given): Promise<{ words: string; data: unknown }> {
  const [first] = given.words;
  switch (given.verb?.name) {
    case 'add': {
      const id = await bank.arm(faultFrom(given));
      return { words: `${id}\n`, data: { id } };
    }
    case 'clear': {
      const removed = await bank.disarm(first);
      return { words: `${removed} taken away.\n`, data: { removed } };
    }
    case 'profile': {
      const armed = await bank.profile(first ?? 'calm', given.text('seed'));
      return {
        words: armed.length === 0 ? 'Nothing is armed.\n' : `${armed.join('\n')}\n`,
        data: { name: first, armed },
      };
    }
    default: {
      const faults = await bank.faults();
      return { words: faults.length === 0 ? 'Nothing is armed.\n' : faults.map(row).join(''), data: { data: faults } };
    }
  }
}

/** What `tender faults add` was given. Throws Usage for what cannot be read. */
export function faultFrom(given: Given): Fault {
  const [kind = ''] = given.words;
  const [seed, label] = [given.text('seed'), given.text('label')];
  return {
    kind,
    params: pairs(given.texts('param') ?? [], '--param'),
    match: nested(pairs(given.texts('match') ?? [], '--match')),
    ...number(given, 'times'),
    ...number(given, 'after'),
    ...number(given, 'probability'),
    ...(seed === undefined ? {} : { seed }),
    ...(label === undefined ? {} : { label }),
  };
}

function number(given: Given, name: 'times' | 'after' | 'probability'): Partial<Fault> {
  const text = given.text(name);
  if (text === undefined) return {};
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new Usage(`--${name} is a number, not "${text}".`);
  return { [name]: value };
}

/** `ms=12000` and `end=approved`: numbers and true or false are taken for what they are, but for digits that begin with 0. */
function pairs(given: readonly string[], option: string): Record<string, unknown> {
  return Object.fromEntries(
    given.map((pair) => {
      const [, name, text = ''] = /^([a-z_0-9.]+)=(.*)$/.exec(pair) ?? [];
      if (name === undefined) throw new Usage(`${option} is NAME=VALUE, not "${pair}".`);
      if (text === 'true' || text === 'false') return [name, text === 'true'];
      const isNumber = /^(0|[1-9]\d{0,14})$/.test(text) && !TEXTS.has(name);
      return [name, isNumber ? Number(text) : text];
    }),
  );
}

/** What is text although it may look like a number. */
const TEXTS = new Set(['last4', 'code', 'advice', 'reference', 'request_key', 'account']);

/** `amount.min=100` is `{ amount: { min: 100 } }`. */
function nested(flat: Record<string, unknown>): Record<string, unknown> {
  const match: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    const [outer = '', inner] = name.split('.');
    match[outer] = inner === undefined ? value : { ...(match[outer] as object | undefined), [inner]: value };
  }
  return match;
}

function row({ id, kind, params = {}, match = {}, times, fired, label }: ArmedFault): string {
  const said = Object.entries({ ...params, ...match }).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const often = times !== undefined && times < 1_000_000_000 ? `${fired} of ${times}` : `${fired} times`;
  return `${id}  ${kind}  ${said.join(' ')}  fired ${often}${label === undefined ? '' : `  (${label})`}\n`;
}
