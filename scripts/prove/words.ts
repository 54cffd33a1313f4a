/** The words on the command line of `npm run prove`: what they mean, and what is said when they mean nothing. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

export const KINDS = ['worlds', 'kills', 'sweep', 'races'] as const;
export type KindName = (typeof KINDS)[number];

export const HELP = `Examples:
  npm run prove -- --minutes 10                     prove for ten minutes, and print the seed that was drawn
  npm run prove -- --minutes 10 --seed tuesday      the same choices as another run with this seed
  npm run prove -- --minutes 4 --only kills         60 kill -9 of servers and 10 of PostgreSQL under load
  npm run prove -- --only worlds --replay SEED      one run of a kind with the seed that was printed for it

Tries to break the promise that no payment is lost, doubled or told wrongly, for as long as asked: random walks over
everything on a seeded clock (worlds), real processes killed under load (kills), a stop at every statement and every
call (sweep), and every pair of operations at once (races). Ends with a table, and with 1 when anything was broken.

  --minutes N           how long, a fraction too; default 10
  --seed TEXT           what every choice is drawn from; default drawn and printed
  --only KIND,KIND      worlds, kills, sweep, races; default all
  --kills N             kill -9 of servers in one loop; default 60
  --database-kills N    kill -9 of PostgreSQL in one loop; default 10
  --steps N             steps of one world; default 400
  --replay SEED         with --only of one kind: one run with exactly this seed, however long it takes
  --json                one line of JSON on standard output; words go to standard error
`;

export interface Wanted {
  minutes: number;
  seed: string;
  only: readonly KindName[];
  kills: number;
  databaseKills: number;
  steps: number;
  replay: string | undefined;
  json: boolean;
}

/** The words cannot be used; `message` says why. */
export class WrongWords extends Error {
  override name = 'WrongWords';
}

/** What is wanted; 'help' when help is. Throws {@link WrongWords}. */
export function readWords(argv: readonly string[]): Wanted | 'help' {
  const values = parsed(argv);
  if (values.help) return 'help';
  const only = (values.only ?? KINDS.join(',')).split(',').map((name) => {
    const kind = KINDS.find((one) => one === name);
    if (kind === undefined) throw new WrongWords(`--only knows ${KINDS.join(', ')}, not "${name}".`);
    return kind;
  });
  if (values.replay !== undefined && only.length !== 1)
    throw new WrongWords('--replay needs --only with the one kind that the seed belongs to.');
  const minutes = Number(values.minutes ?? '10');
  if (!(minutes > 0 && minutes <= 100_000))
    throw new WrongWords(`--minutes is a number above 0, not "${values.minutes}".`);
  return {
    minutes,
    seed: values.seed ?? randomBytes(4).toString('hex'),
    only,
    kills: whole(values.kills ?? '60', '--kills'),
    databaseKills: whole(values['database-kills'] ?? '10', '--database-kills'),
    steps: whole(values.steps ?? '400', '--steps'),
    replay: values.replay,
    json: values.json === true,
  };
}

function parsed(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        minutes: text,
        seed: text,
        only: text,
        kills: text,
        'database-kills': text,
        steps: text,
        replay: text,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new WrongWords((error as Error).message);
  }
}

function whole(text: string, name: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new WrongWords(`${name} is a whole number, not "${text}".`);
  return Number(text);
}
