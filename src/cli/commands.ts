/** Every command of `tender`. Each loads its own code only when it runs, so that help is quick. */

export interface Command {
  name: string;
  summary: string;
  /** Examples first, then the options. */
  help: string;
  /** Answers the exit code: 0 done, 1 failed, 2 wrong words. */
  run(argv: string[]): Promise<number>;
}

export const commands: readonly Command[] = [
  {
    name: 'dev',
    summary: 'everything on this machine: API, checkout, worker, sandbox, database',
    help: `
Examples:
  npm start                          start, and print the keys
  npm start --silent -- --json       print one line of JSON when ready
  TENDER_PORT=5000 npm start         on another port

Starts API and checkout (port 4600), worker, sandbox processor (port 4601) and, without DATABASE_URL, an embedded
PostgreSQL. Data and keys stay in .tender (TENDER_DATA_DIR). Ctrl-C stops everything; a killed one recovers at the next start.

  --json    print exactly one line of JSON on standard output when ready`,
    run: async (argv) => (await import('./dev.ts')).runDev(argv),
  },
  {
    name: 'serve',
    summary: 'API and checkout on DATABASE_URL',
    help: `
Examples:
  DATABASE_URL=postgres://… TENDER_MASTER_KEY_FILE=/etc/tender/key tender serve

Serves API and checkout pages. Run any number of them on one database, and \`tender worker\` beside them. Settings:
docs/configuration.md.`,
    run: async (argv) => (await import('./serve.ts')).runServe(argv),
  },
  {
    name: 'worker',
    summary: 'everything that happens later, on DATABASE_URL',
    help: `
Examples:
  DATABASE_URL=postgres://… TENDER_MASTER_KEY_FILE=/etc/tender/key tender worker

Asks processors about open attempts, ends sessions, numbers and delivers events. Any number may run on one database.`,
    run: async (argv) => (await import('./serve.ts')).runWorker(argv),
  },
  {
    name: 'migrate',
    summary: 'bring DATABASE_URL to the schema of this version',
    help: `
Examples:
  DATABASE_URL=postgres://… tender migrate

Runs what is missing, one migration a transaction, forward only. Safe to run twice and by several at once.`,
    run: async (argv) => (await import('./migrate.ts')).runMigrate(argv),
  },
  {
    name: 'check',
    summary: 'prove on the living database that no money and no event went astray',
    help: `
Examples:
  tender check                                   every invariant, one after another
  tender check --json                            one line of JSON
  tender check --only one-success-per-session    one of them; may be given several times

Reads and changes nothing; safe in production at any time. Ends with 0 when everything holds and with 1 when something does not.
Finds the database by DATABASE_URL, else by the running \`tender dev\`. What each invariant says: docs/operations/check.md.

  --only NAME   only this invariant
  --json        one line of JSON`,
    run: async (argv) => (await import('./check.ts')).runCheck(argv),
  },
  {
    name: 'keys',
    summary: 'create, list and revoke API keys',
    help: `
Examples:
  tender keys create --account acc_… --mode test --type secret
  tender keys list --account acc_… --mode test
  tender keys revoke key_… --account acc_… --mode test

Finds the database by DATABASE_URL, else by the running \`tender dev\`. A new key is shown once.

  --account ID          default: the only account
  --mode test|live      default test
  --type secret|public  default secret (create)
  --json                one line of JSON`,
    run: async (argv) => (await import('./keys.ts')).runKeys(argv),
  },
  {
    name: 'accounts',
    summary: 'create and list merchant accounts',
    help: `
Examples:
  tender accounts create "Blue Door Books" --json
  tender accounts create "Blue Door Books" --time-zone Africa/Johannesburg
  tender accounts list

A new account has a test and a live tenant. Finds the database by DATABASE_URL, else by the running \`tender dev\`.

  --time-zone NAME   of its mandates that name none; default UTC (create)
  --json             one line of JSON`,
    run: async (argv) => (await import('./accounts.ts')).runAccounts(argv),
  },
  {
    name: 'cards',
    summary: 'list cards that a bank or a network closed, and lift a block',
    help: `
Examples:
  tender cards list --account acc_… --mode live
  tender cards unblock --card pmt_… --note "Bank confirmed by telephone: blocked by mistake" --mode live
  tender cards unblock --card <fingerprint> --rule house.risk --note "…"

A block stops every charge without the payer, on every mandate of the card, whoever saved it. Lifting one is kept with your name
and your note; holds that it put on mandates go with it. Which rule means what: docs/network-rules.md. Finds the database by
DATABASE_URL, else by the running \`tender dev\`.

  --account ID          default: the only account
  --mode test|live      default test
  --card CARD           a fingerprint, or the id of a payment method (unblock)
  --rule RULE           only this block; default: every one of the card (unblock)
  --note TEXT           why (unblock)
  --json                one line of JSON`,
    run: async (argv) => (await import('./cards.ts')).runCards(argv),
  },
  {
    name: 'logs',
    summary: 'follow what is asked of a running server, and how it is answered',
    help: `
Examples:
  tender logs tail                               the last ten requests, and each new one as it is answered
  tender logs tail --errors                      only those that were refused or failed
  tender logs tail --path /collect/payments --method POST
  tender logs tail --lines 100 --no-follow --json | jq .error_code
  tender logs get req_…                          one request with what was sent and answered, redacted

Shows the requests that were made with the keys of one account, as \`GET /collect/request_logs\` lists them. Beside a running
\`tender dev\` it is the account that was printed at the start. Ctrl-C ends it.

  -n, --lines N     how many to begin with, 0 to 100; default 10
  --no-follow       show those and end
  --errors          only answers with a status from 400 on
  --status STATUS   only answers with this status or of this class: 404, 4xx
  --method METHOD   only requests of this method
  --path START      only addresses that begin with this
  --url URL         the server; default: the running \`tender dev\`
  --key KEY         a secret key; default TENDER_KEY, else that of the running \`tender dev\`
  --json            one line of JSON for each request`,
    run: async (argv) => (await import('./logs.ts')).runLogs(argv),
  },
  {
    name: 'clock',
    summary: 'move the clock of a test account forward',
    help: `
Examples:
  tender clock show
  tender clock advance 3mo                        calendar months; also 90s, 15m, 12h, 1d, 2w, 1y
  tender clock advance to 2027-01-01T12:00:00Z    or a date alone: its midnight in UTC

Moves the clock of one account's test mode on a running server, and of its account at the sandbox, and does everything that falls
due on the way, in due order: sessions expire, subscriptions are charged, mandates end. Other accounts and live mode stay in real
time. A clock never goes back. Beside a running \`tender dev\` it moves the account that was printed at the start.

  --url URL   the server; default: the running \`tender dev\`
  --key KEY   a secret test key; default TENDER_KEY, else that of the running \`tender dev\`
  --json      one line of JSON`,
    run: async (argv) => (await import('./clock.ts')).runClock(argv),
  },
  {
    name: 'sandbox',
    summary: 'the sandbox processor alone',
    help: `
Examples:
  tender sandbox start --port 4601 --latency 0

The pretend bank behind test mode, as a process of its own. \`tender sandbox start --help\` lists its options.`,
    async run(argv) {
      const [verb, ...rest] = argv;
      if (verb !== 'start') throw new (await import('./usage.ts')).Usage('tender sandbox start [options]');
      const { runSandboxProcess } = await import('./sandbox.ts');
      return runSandboxProcess(rest);
    },
  },
];
