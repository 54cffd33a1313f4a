/**
 * The shape of the code: who may import whom, sizes, names, and what no statement may do. Each rule is also tried on a file
 * that breaks it, so that none passes because it looks at nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forbiddenImports, importCircle } from './support/import-table.ts';
import { filesUnder, type SourceFile, sourceFile, sqlStatementsIn } from './support/source-tree.ts';
import * as rules from './support/tidy-rules.ts';

const CODE = ['.ts', '.mts', '.mjs', '.js'];
const program = filesUnder('src', CODE);
const migrations = filesUnder('src', ['.sql']);
const everything = ['src', 'test', 'scripts', 'bench', 'sdk'].flatMap((folder) => filesUnder(folder, CODE));
const written = filesUnder('.', [...CODE, '.md', '.json', '.sql', '.css', '.html', '.yml', '.yaml', '.sh']).filter(
  (file) => file.path !== 'package-lock.json',
);
const tables = new Set(migrations.flatMap((file) => [...rules.tenantTables(file.text)]));

function nothing(files: readonly SourceFile[], rule: (file: SourceFile) => string[]): void {
  assert.ok(files.length > 0, 'the rule looks at no file');
  assert.deepEqual(files.flatMap(rule), []);
}

function trips(rule: (file: SourceFile) => string[], path: string, text: string): void {
  assert.notDeepEqual(rule(sourceFile(path, text)), [], `${path} should be refused:\n${text}`);
}

test('imports follow the table of ARCHITECTURE.md', () => {
  nothing(program, forbiddenImports);
  trips(forbiddenImports, 'src/http/routes/sessions.ts', `import { findSession } from '../../store/sessions.ts';`);
  trips(forbiddenImports, 'src/web/checkout/page.ts', `import type { Row } from '../../store/sessions.ts';`);
  trips(forbiddenImports, 'src/worker/runner.ts', `import { route } from '../http/route.ts';`);
  trips(forbiddenImports, 'src/worker/runner.ts', `import { saveSession } from '../store/sessions.ts';`);
  trips(forbiddenImports, 'src/domain/session.ts', `import pg from 'pg';`);
  trips(forbiddenImports, 'src/app/sessions.ts', `import { realSystem } from '../system.ts';`);
  trips(forbiddenImports, 'src/compose.ts', `import { openBank } from './sandbox/bank.ts';`);
  trips(forbiddenImports, 'src/sandbox/server.ts', `import { assertMove } from '../domain/session.ts';`);
  trips(forbiddenImports, 'src/lib/time.ts', `import { fixture } from '../../test/support/fixture.ts';`);
  trips(forbiddenImports, 'src/lib/time.ts', `const later = await import('../domain/money.ts');`);
  trips(forbiddenImports, 'src/helpers/time.ts', '');
  assert.deepEqual(
    forbiddenImports(sourceFile('src/worker/runner.ts', `import { dueSessions } from '../store/due.ts';`)),
    [],
  );
  assert.deepEqual(
    forbiddenImports(sourceFile('src/app/sessions.ts', `import type { System } from '../system.ts';`)),
    [],
  );
});

test('no files import each other in a circle', () => {
  assert.equal(importCircle(program), undefined);
  const pair = [
    sourceFile('src/lib/a.ts', `import { b } from './b.ts';`),
    sourceFile('src/lib/b.ts', `import { a } from './a.ts';`),
  ];
  assert.equal(importCircle(pair), 'src/lib/a.ts → src/lib/b.ts → src/lib/a.ts');
});

test(`no file is longer than ${rules.MAX_LINES} lines`, () => {
  nothing([...everything, ...migrations], rules.tooLong);
  trips(rules.tooLong, 'src/app/everything.ts', 'const a = 1;\n'.repeat(401));
});

test('no function is longer than 60 lines', () => {
  const longest = rules.functionsLongerThan(60, ['src', 'scripts', 'bench']);
  assert.deepEqual(longest, []);
  // The rule is awake: some function of the program has more than 20 lines.
  assert.notDeepEqual(rules.functionsLongerThan(20, ['src/lib']), []);
});

test('every file opens with a comment that says what it is for', () => {
  nothing([...everything, ...migrations], rules.missingHeader);
  trips(rules.missingHeader, 'src/app/sessions.ts', `import { a } from './a.ts';\n/** Too late. */`);
  trips(rules.missingHeader, 'src/store/migrations/0002_more.sql', 'create table more (id text);');
});

test('file names are kebab-case nouns that say what is inside', () => {
  nothing([...everything, ...migrations], rules.vagueName);
  for (const name of [
    'utils',
    'session-helpers',
    'common',
    'payment-service',
    'index',
    'SessionStore',
    'sessionStore',
  ]) {
    trips(rules.vagueName, `src/app/${name}.ts`, '');
  }
});

test('clock, randomness, process and network are reached through System alone', () => {
  nothing(program, rules.outsideWorld);
  for (const use of [
    'Date.now()',
    'new Date()',
    'Math.random()',
    'randomBytes(8)',
    'crypto.randomUUID()',
    'process.pid',
    'await fetch(url)',
    'setTimeout(f, 1)',
  ]) {
    trips(rules.outsideWorld, 'src/app/sessions.ts', `const a = ${use};`);
  }
});

test('the environment is read by the configuration alone', () => {
  nothing(program, rules.environmentRead);
  trips(rules.environmentRead, 'src/system.ts', 'const level = process.env.TENDER_LOG_LEVEL;');
});

test('local dates are reckoned by the calendar alone', () => {
  nothing(program, rules.calendarElsewhere);
  trips(rules.calendarElsewhere, 'src/domain/mandate.ts', `import { Temporal } from 'temporal-polyfill';`);
  trips(rules.calendarElsewhere, 'src/lib/time.ts', 'const date = Temporal.PlainDate.from(text);');
});

test('nothing is marked unfinished and no test runs alone', () => {
  nothing(everything, rules.unfinished);
  trips(rules.unfinished, 'src/app/sessions.ts', `// ${'TO'}${'DO'}: later`);
  trips(rules.unfinished, 'test/app/sessions.test.ts', `test${'.only'}('one', () => {});`);
});

test('exports have names and errors are not swallowed in silence', () => {
  nothing(everything, rules.defaultExport);
  trips(rules.defaultExport, 'src/app/sessions.ts', 'export default function run() {}');
  nothing(program, rules.silentCatch);
  trips(rules.silentCatch, 'src/app/sessions.ts', 'try { run(); } catch {}');
});

test('every statement on a tenant’s table names tenant_id', () => {
  assert.ok(
    tables.size >= 12 && tables.has('payment_sessions') && tables.has('vault.cards'),
    `tables found: ${[...tables].join(', ')}`,
  );
  assert.ok(program.flatMap(sqlStatementsIn).length >= 50, 'statements are found');
  const rule = (file: SourceFile) => rules.sqlWithoutTenant(file, tables);
  nothing(program, rule);
  trips(rule, 'src/store/sessions.ts', `read(sql\`select * from payment_sessions where id = \${id}\`)`);
  trips(
    rule,
    'src/store/sessions.ts',
    `write(sql\`\n  update payments set version = \${v}\n  where id = \${\`pay_\${id}\`}\`)`,
  );
  trips(rule, 'src/vault/cards.ts', `const text = 'delete from vault.cards where card_id = $1';`);
  assert.deepEqual(
    rule(
      sourceFile(
        'src/store/sessions.ts',
        `sql\`select * from payment_sessions where tenant_id = \${t} and id = \${id}\``,
      ),
    ),
    [],
  );
});

test('no statement lets the database choose a time, an id or a random value', () => {
  nothing(program, rules.sqlOwnFacts);
  for (const fact of [
    'now()',
    'clock_timestamp()',
    'current_timestamp',
    'random()',
    'gen_random_uuid()',
    `nextval('s')`,
  ]) {
    trips(
      rules.sqlOwnFacts,
      'src/store/sessions.ts',
      `sql\`update payments set updated_at = ${fact} where tenant_id = 1\``,
    );
  }
});

test('keys of tables begin with tenant_id, and the database has no behaviour of its own', () => {
  const schema = migrations.map((file) => file.text.replace(/--[^\n]*/g, '')).join('\n');
  assert.doesNotMatch(
    schema,
    /\bcreate\s+(or\s+replace\s+)?(trigger|function|domain|sequence|rule|type|extension)\b|\bdeferrable\b|\bserial\b|\bidentity\b/i,
  );
  // Look-ups by what a stranger presents, before the tenant is known.
  const global = new Set(['key_hash', 'token', 'account_id', 'name']);
  for (const [, columns] of schema.matchAll(/(?:primary key|unique) \(([^)]*)\)/gi)) {
    const first = columns!.split(',')[0]!.trim();
    assert.ok(first === 'tenant_id' || global.has(first), `a key begins with ${first}: (${columns})`);
  }
});

test('what is append-only is never changed or removed by a statement of the program', () => {
  nothing(program, rules.changesOfAppendOnly);
  trips(
    rules.changesOfAppendOnly,
    'src/store/ledger.ts',
    'tx.write(sql`update ledger_entries set held = 0 where tenant_id = 1`)',
  );
  trips(
    rules.changesOfAppendOnly,
    'src/store/ledger.ts',
    'tx.write(sql`delete from payment_resolutions where tenant_id = 1`)',
  );
});

test('nothing written names a folder of somebody’s machine', () => {
  nothing(written, rules.pathsOfThisMachine);
  trips(rules.pathsOfThisMachine, 'docs/notes.md', `See /${'home'}/ann/tender/src.`);
});
