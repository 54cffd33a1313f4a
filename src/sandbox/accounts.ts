/**
 * Merchant accounts and their secrets. Secrets lie in `accounts.json` (mode 0600), settings and clock also in the book; an
 * account whose line is missing there belongs to a book that was deleted, and does not exist any more.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionDeadlines, DEADLINES_S } from './other-methods.ts';

export interface AccountSettings {
  name: string;
  /** False: a second arrival under a key moves money a second time. */
  idempotent: boolean;
  /** Seconds of the account's clock that a payer has for each kind of action. */
  action_deadlines: ActionDeadlines;
}

export interface Account extends AccountSettings {
  id: string;
  merchant_key: string;
  notification_secret: string;
  notification_url?: string;
  /** The book has a line of this account. */
  known: boolean;
  /** Milliseconds that this account's clock is ahead of real time; only grows. */
  offset: number;
  /** Ids of its charges, oldest first. */
  order: string[];
}

interface StoredAccount {
  id: string;
  name: string;
  merchant_key: string;
  notification_secret: string;
  notification_url?: string;
}

export interface AccountFile {
  read(): Map<string, Account>;
  /** Replaces the file in one step; durable when it returns. */
  write(accounts: Iterable<Account>): void;
}

export function accountFile(folder: string): AccountFile {
  const path = join(folder, 'accounts.json');
  return {
    read() {
      const accounts = new Map<string, Account>();
      if (!existsSync(path)) return accounts;
      const stored = JSON.parse(readFileSync(path, 'utf8')) as StoredAccount[];
      for (const account of stored) accounts.set(account.id, withDefaults(account));
      return accounts;
    },
    write(accounts) {
      const stored: StoredAccount[] = [];
      for (const { id, name, merchant_key, notification_secret, notification_url } of accounts) {
        stored.push({ id, name, merchant_key, notification_secret, ...(notification_url && { notification_url }) });
      }
      writeWhole(path, `${JSON.stringify(stored, null, 2)}\n`);
    },
  };
}

/** A new account with fresh secrets. */
export function newAccount(id: string, name: string): Account {
  return withDefaults({ id, name, merchant_key: secret('mk'), notification_secret: secret('ns') });
}

/** A secret of 192 random bits behind `prefix`. Secrets are never drawn from the book's seed. */
export function secret(prefix: string): string {
  return `${prefix}_${randomBytes(24).toString('base64url')}`;
}

/** How a notification names the secret it was signed with: 8 hex digits of its SHA-256. */
export function secretId(value: string): string {
  return hash('sha256', value, 'hex').slice(0, 8);
}

/** The control key of `folder`, made on first use. */
export function controlKey(folder: string): string {
  const path = join(folder, 'control.key');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const key = secret('ck');
  writeWhole(path, `${key}\n`);
  return key;
}

/** Compares secrets without telling by its duration how much of them agreed. */
export function sameSecret(given: string, right: string): boolean {
  const a = hash('sha256', given, 'buffer');
  const b = hash('sha256', right, 'buffer');
  return timingSafeEqual(a, b);
}

function withDefaults(stored: StoredAccount): Account {
  return { ...stored, idempotent: true, action_deadlines: DEADLINES_S, known: false, offset: 0, order: [] };
}

function writeWhole(path: string, content: string): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
