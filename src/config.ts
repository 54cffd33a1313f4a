/**
 * The settings: one table, read by one pure function that reports every problem at once. Each row is a name, how it is read,
 * what it is when absent, and one line for people; `docs/configuration.md` is made from it.
 */

/** How a text becomes a value; throws a plain Error whose message says what is expected. */
interface Setting<T> {
  read(text: string): T;
  /** Shown in the documentation where the default depends on something else. */
  byDefault: T | (() => T);
  doc: string;
  secret?: true;
}

const text = (value: string): string => value;
const port = (value: string): number => whole(value, { least: 0, most: 65_535 });
const flag = (value: string): boolean => {
  if (value === 'on' || value === 'true' || value === '1') return true;
  if (value === 'off' || value === 'false' || value === '0') return false;
  throw new Error('expected on or off');
};
const origin = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new Error('expected an origin such as https://pay.example.com');
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !local)
    throw new Error('expected https: payers type card numbers there (http works for localhost only)');
  return url.origin;
};

function whole(value: string, bounds: { least: number; most: number }): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < bounds.least || number > bounds.most) {
    throw new Error(`expected a whole number from ${bounds.least} to ${bounds.most}`);
  }
  return number;
}

function words<const W extends readonly string[]>(...list: W) {
  return (value: string): W[number] => {
    if (!list.includes(value)) throw new Error(`expected one of ${list.join(', ')}`);
    return value;
  };
}

function setting<T>(read: (value: string) => T, byDefault: T | (() => T), doc: string): Setting<T> {
  return { read, byDefault, doc };
}

function secret(byDefault: string | undefined, doc: string): Setting<string | undefined> {
  return { read: text, byDefault, doc, secret: true };
}

export const SETTINGS = {
  TENDER_PORT: setting(port, 4600, 'Port of API and checkout. `tender dev` takes the next free one when it is busy.'),
  TENDER_HOST: setting(text, '127.0.0.1', 'Address to listen on.'),
  TENDER_SANDBOX_PORT: setting(port, 4601, 'Port of the sandbox processor that `tender dev` starts.'),
  TENDER_SANDBOX_LATENCY: setting(
    text,
    'lognormal:60,0.35,30,120',
    'How long the sandbox takes to answer; 0 for tests and measurements.',
  ),
  TENDER_DATA_DIR: setting(
    text,
    '.tender',
    'Folder of `tender dev`: embedded PostgreSQL, sandbox book, master key, printed keys.',
  ),
  DATABASE_URL: secret(
    undefined,
    'PostgreSQL 15–18. Absent: `tender dev` starts an embedded one; `serve` and `worker` need it.',
  ),
  VAULT_DATABASE_URL: secret(undefined, 'Where sealed cards live; default the same server as DATABASE_URL.'),
  DB_PREPARED: setting(
    flag,
    true,
    'Off where a pooler does not carry prepared statements. PgBouncer also needs ignore_startup_parameters = options.',
  ),
  DB_CONNECTIONS: setting(
    (value) => whole(value, { least: 1, most: 500 }),
    8,
    'Connections of one process to the database.',
  ),
  TENDER_MASTER_KEY: secret(
    undefined,
    '32 random bytes in base64 that seal cards and secrets. `tender dev` makes one in its folder.',
  ),
  TENDER_MASTER_KEY_FILE: setting<string | undefined>(text, undefined, 'File with the master key, mode 0400 or 0600.'),
  TENDER_PUBLIC_URL: setting<string | undefined>(
    origin,
    undefined,
    'Origin of the API as others see it; default http://localhost and the port.',
  ),
  TENDER_CHECKOUT_URL: setting<string | undefined>(
    origin,
    undefined,
    'Origin of the checkout pages; default the public URL.',
  ),
  TENDER_ALLOW_LOOPBACK_WEBHOOKS: setting(
    flag,
    false,
    'Test mode may send webhooks to this machine. On in `tender dev`.',
  ),
  TENDER_RATE_LIMIT: setting(
    (value) => whole(value, { least: 0, most: 1_000_000 }),
    500,
    'Requests a second per API key, twice that in a burst; 0 for none. Off in `tender dev`.',
  ),
  TENDER_CHECK_EVERY: setting(
    (value) => whole(value, { least: 0, most: 10_080 }),
    60,
    'Minutes between two checks of every invariant by the worker; 0 for none. See operations/check.md.',
  ),
  TENDER_REQUEST_LOG_DAYS: setting(
    (value) => whole(value, { least: 0, most: 90 }),
    30,
    'How many days requests to the API are kept for `GET /collect/request_logs`; 0 for none. See guides/request-logs.md.',
  ),
  TENDER_METRICS_PORT: setting(
    port,
    0,
    'Port on which `tender worker` answers `GET /metrics`, on TENDER_HOST; 0 for none. `tender serve` has them on its own port.',
  ),
  TENDER_LOG_LEVEL: setting(
    words('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'What is logged, as lines of JSON on stderr.',
  ),
} as const satisfies Record<string, Setting<unknown>>;

type ValueOf<S> = S extends Setting<infer T> ? T : never;
export type Config = { readonly [K in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[K]> };

/** Some settings are wrong; `message` names every one. */
export class ConfigProblem extends Error {
  override name = 'ConfigProblem';
}

/** Reads all settings. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(SETTINGS) as [string, Setting<unknown>][]) {
    const given = environment[name];
    try {
      values[name] = given === undefined || given === '' ? byDefault(row) : row.read(given);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}${row.secret ? '' : `, not "${given}"`}`);
    }
  }
  if (problems.length > 0)
    throw new ConfigProblem(`Settings that cannot be used:\n- ${problems.join('\n- ')}\nSee docs/configuration.md.`);
  return values as Config;
}

function byDefault(row: Setting<unknown>): unknown {
  return typeof row.byDefault === 'function' ? row.byDefault() : row.byDefault;
}

/** The settings as they may be printed. */
export function printable(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    (Object.entries(SETTINGS) as [keyof Config, Setting<unknown>][]).map(([name, row]) => [
      name,
      row.secret && config[name] !== undefined ? '[secret]' : config[name],
    ]),
  );
}
