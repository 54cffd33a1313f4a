/**
 * The order of the documentation: areas, and the pages in each, by their file. Every page of `docs/` stands here or in a catalogue
 * (declines, decisions), whose pages come by themselves; a test fails for one that does not.
 */

export interface Area {
  /** The heading in the navigation. */
  title: string;
  /** One sentence for lists of areas. */
  about: string;
  pages: readonly Entry[];
}

export interface Entry {
  /** From the project folder; or the address of a page that is made: `api` for the pages of the API, `errors`, `events`. */
  file: string;
  /** In the navigation, where the page's heading is too long for it. */
  label?: string;
}

export const AREAS: readonly Area[] = [
  {
    title: 'Start',
    about: 'From nothing to a paid session.',
    pages: [
      { file: 'docs/README.md', label: 'Overview' },
      { file: 'docs/quick-start.md', label: 'Quick start' },
      { file: 'README.md', label: 'About Tender' },
    ],
  },
  {
    title: 'Take payments',
    about: 'The four scenarios, and what happens around them.',
    pages: [
      { file: 'docs/guides/one-off.md', label: 'One-off' },
      { file: 'docs/guides/one-off-saving.md', label: 'One-off, card saved' },
      { file: 'docs/guides/setup-for-future.md', label: 'Set up for later' },
      { file: 'docs/guides/recurring.md', label: 'Recurring' },
      { file: 'docs/guides/sessions.md', label: 'Sessions' },
      { file: 'docs/guides/customers.md', label: 'Customers and cards' },
      { file: 'docs/guides/what-happened.md', label: 'What happened' },
      { file: 'docs/guides/payment-methods.md', label: 'Ways to pay' },
    ],
  },
  {
    title: 'After the payment',
    about: 'Money that moves later, and payments that need a look.',
    pages: [
      { file: 'docs/guides/capture-and-void.md', label: 'Capture and void' },
      { file: 'docs/guides/refunds.md', label: 'Refunds' },
      { file: 'docs/guides/ledger.md', label: 'Ledger' },
      { file: 'docs/guides/reviews.md', label: 'Reviews' },
    ],
  },
  {
    title: 'Charge again',
    about: 'Agreements, series of charges, and declines among them.',
    pages: [
      { file: 'docs/guides/mandates.md', label: 'Mandates' },
      { file: 'docs/guides/subscriptions.md', label: 'Subscriptions' },
      { file: 'docs/guides/declines-and-retries.md', label: 'Declines and retries' },
    ],
  },
  {
    title: 'Build',
    about: 'Webhooks, the SDK, repeats, errors and tests.',
    pages: [
      { file: 'docs/guides/webhooks.md', label: 'Webhooks' },
      { file: 'sdk/README.md', label: 'SDK' },
      { file: 'docs/guides/idempotency.md', label: 'Safe repeats' },
      { file: 'docs/guides/errors.md', label: 'Handling errors' },
      { file: 'docs/guides/testing.md', label: 'Testing' },
      { file: 'docs/guides/test-clock.md', label: 'Test clock' },
      { file: 'docs/guides/request-logs.md', label: 'Request log' },
    ],
  },
  {
    title: 'The checkout page',
    about: 'How the page looks, speaks and stands in your own.',
    pages: [
      { file: 'docs/guides/branding.md', label: 'Branding' },
      { file: 'docs/guides/checkout-settings.md', label: 'Page settings' },
      { file: 'docs/guides/embedding.md', label: 'In your own page' },
      { file: 'docs/guides/languages.md', label: 'Languages' },
      { file: 'docs/guides/settings.md', label: 'Account settings' },
      { file: 'docs/checkout-budgets.md', label: 'Budgets' },
    ],
  },
  {
    title: 'Run it',
    about: 'Going live, and what to do from then on.',
    pages: [
      { file: 'docs/operations/going-live.md', label: 'Going live' },
      { file: 'docs/operations/operating.md', label: 'Operating' },
      { file: 'docs/operations/scaling.md', label: 'Scaling' },
      { file: 'docs/operations/metrics.md', label: 'Metrics' },
      { file: 'docs/configuration.md', label: 'Configuration' },
      { file: 'docs/commands.md', label: 'Commands' },
      { file: 'docs/operations/check.md', label: 'Checking a system' },
      { file: 'docs/operations/prove.md', label: 'Proving a version' },
    ],
  },
  { title: 'API reference', about: 'Every request, field and answer.', pages: [{ file: 'api' }] },
  {
    title: 'Catalogues',
    about: 'Every code and every state, made from the program itself.',
    pages: [
      { file: 'errors', label: 'Errors' },
      { file: 'docs/declines/README.md', label: 'Declines' },
      { file: 'events', label: 'Events' },
      { file: 'docs/states.md', label: 'States' },
      { file: 'docs/network-rules.md', label: 'Network rules' },
    ],
  },
  {
    title: 'How it is made',
    about: 'The plan of the program, and why things are as they are.',
    pages: [
      { file: 'ARCHITECTURE.md', label: 'Architecture' },
      { file: 'docs/decisions', label: 'Decisions' },
    ],
  },
];

/** Folders whose pages come by themselves, in the order of their names, below the page named here. */
export const CATALOGUES: Readonly<Record<string, string>> = {
  'docs/declines': 'docs/declines/README.md',
  'docs/decisions': 'docs/decisions',
};

/** Pages of `docs/` that are made anew from what they were made from, and split into one page a code. */
export const REPLACED: Readonly<Record<string, string>> = { 'docs/errors.md': 'errors', 'docs/events.md': 'events' };
