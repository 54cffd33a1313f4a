/**
 * Nothing in the documentation is only words: every block of code is run, is the answer of one that is run, is type-checked against
 * the SDK, or stands in a list with the reason why not. Every link leads to a page and to a heading of it, and the map to every page.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { allPages, type Block, blocksOf, FOLLOWED, NOT_RUN, reasonNotToRun } from './support/doc-blocks.ts';
import { stepsOf } from './support/doc-steps.ts';
import { PROJECT_FOLDER } from './support/source-tree.ts';

const pages = allPages();
const blocks = pages.flatMap(blocksOf);
const typed = blocks.filter((block) => /^[tj]s$/.test(block.language) && reasonNotToRun(block) === undefined);

test('every block is run, type-checked, or in the list of those that cannot be, with the reason', (t) => {
  const run = blocks.filter((block) => FOLLOWED.test(block.path) && /^(sh|json|text)$/.test(block.language));
  const proven = new Set([...run, ...typed]);
  const left = blocks.filter((block) => reasonNotToRun(block) === undefined && !proven.has(block));
  assert.deepEqual(left.map(named), []);
  const steps = pages.filter(({ path }) => FOLLOWED.test(path)).flatMap(({ path, text }) => stepsOf(path, text));
  const count = (...kinds: string[]) => steps.filter(({ does }) => kinds.includes(does)).length;
  const reasoned = blocks.filter((block) => reasonNotToRun(block) !== undefined).length;
  t.diagnostic(
    `${blocks.length} blocks on ${pages.length} pages: ${count('request')} requests made and their answers compared, ` +
      `${count('command', 'start')} commands and programs run, ${typed.length} type-checked, ${reasoned} left out for a reason`,
  );
  assert.ok(count('request') > 150);
});

test('every reason to leave a block out is still needed', () => {
  const needed = new Set(blocks.map(reasonNotToRun));
  assert.deepEqual(
    NOT_RUN.filter(({ why }) => !needed.has(why)).map(({ why }) => why),
    [],
  );
});

test('every TypeScript and JavaScript example is a program that the types of the SDK accept, and a mistake would be found', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tender-docs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const names = new Map<string, string>();
  for (const [n, block] of typed.entries()) {
    // JavaScript is held to the same rules: only its annotations are missing.
    const name = `example-${n}.${block.language === 'js' ? 'mjs' : 'ts'}`;
    names.set(name, named(block));
    writeFileSync(join(folder, name), program(block));
  }
  assert.ok(names.size >= 8);
  const said = (words: string) => words.replaceAll(/example-\d+\.m?[tj]s/g, (name) => names.get(name) ?? name);
  assert.equal(said(compiled(folder)), '');
  writeFileSync(join(folder, 'wrong.ts'), program({ text: "new Tender('sk_test_a').payments.got('pay_1');\n" }));
  writeFileSync(join(folder, 'wrong.mjs'), "import { webhooks } from '@tender/sdk';\nwebhooks.verify('');\n");
  assert.match(compiled(folder), /wrong\.mjs\(2,\d+\): error TS2554[\s\S]*wrong\.ts\(3,\d+\): error TS2339/);
});

test('every link leads to a page of the project, and to a heading that is there', (t) => {
  let links = 0;
  for (const page of pages) {
    const words = page.text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, 'code');
    for (const [, target] of words.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      links += 1;
      const [file, heading] = target!.split('#') as [string, string?];
      const path = file === '' ? page.path : posix.join(posix.dirname(page.path), file);
      assert.ok(existsSync(join(PROJECT_FOLDER, path)), `${page.path} links to ${target}`);
      if (heading !== undefined)
        assert.ok(headingsOf(path).has(heading), `${page.path} links to ${target}: there is no such heading`);
    }
  }
  t.diagnostic(`${links} links inside the project, none broken`);
  assert.ok(links > 300);
});

test('the map of the documentation leads to every page of it', () => {
  const map = pages.find(({ path }) => path === 'docs/README.md')!;
  const linked = new Set([...map.text.matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => posix.join('docs', target!)));
  const folders = [...linked].filter((target) => target.endsWith('/')).map((folder) => folder.slice(0, -1));
  for (const { path } of pages) {
    if (!path.startsWith('docs/') || path === map.path || folders.includes(dirname(path))) continue;
    assert.ok(linked.has(path), `docs/README.md does not lead to ${path}`);
  }
});

function named({ path, line, language }: Block): string {
  return `${path}:${line} (${language})`;
}

/** A fragment gets what every fragment has before it. */
function program({ text }: Pick<Block, 'text'>): string {
  const whole = text.replace(/'[^']*sdk\/dist\/[^']*'/, "'@tender/sdk'");
  if (/^import /m.test(whole)) return whole;
  return `import { Tender } from '@tender/sdk';\ndeclare const secretKey: string;\n${whole}`;
}

/** What the compiler says. */
function compiled(folder: string): string {
  const compilerOptions = {
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'] },
    ...{
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      allowJs: true,
      checkJs: true,
    },
    types: ['node'],
    typeRoots: [join(PROJECT_FOLDER, 'node_modules/@types')],
    // What a page imports beside the SDK is a package of this project.
    paths: {
      '@tender/sdk': [join(PROJECT_FOLDER, 'sdk/src/tender.ts')],
      '*': [join(PROJECT_FOLDER, 'node_modules/*')],
    },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.mjs'] }));
  const tsc = join(PROJECT_FOLDER, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
}

/** Headings of a page as links name them. */
function headingsOf(path: string): Set<string> {
  if (!path.endsWith('.md')) return new Set();
  const text = readFileSync(join(PROJECT_FOLDER, path), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
