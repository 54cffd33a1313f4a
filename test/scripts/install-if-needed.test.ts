/** What happens before `npm start` and `npm test`: packages are installed exactly when they must be, and stdout stays clean. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isNewEnough, oldestNode } from '../../src/cli/node-version.mjs';

const projectFolder = dirname(dirname(import.meta.dirname));

interface Entry {
  version: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
}

const wanted: Record<string, Entry> = {
  'node_modules/server': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/linter': { version: '2.0.0', integrity: 'sha512-b', dev: true },
  'node_modules/for-another-system': { version: '3.0.0', optional: true, os: ['plan9'] },
  sdk: { version: '0.1.0' },
};

/** A checkout with this lock file, and with an `npm` that writes down how it was called. */
function checkout(t: TestContext, installed: Record<string, Entry> | string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'tender-install-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['scripts/install-if-needed.mjs', 'scripts/chromium.mjs', 'src/cli/node-version.mjs']) {
    cpSync(join(projectFolder, part), join(folder, part));
  }
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
  if (installed !== undefined) {
    mkdirSync(join(folder, 'node_modules'));
    const text = typeof installed === 'string' ? installed : JSON.stringify({ packages: installed });
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), text);
  }
  const npm = join(folder, 'npm.cjs');
  const record = join(folder, 'called');
  writeFileSync(
    npm,
    `require('fs').writeFileSync(${JSON.stringify(record)}, process.argv.slice(2).join(' '));
     console.log('npm speaks');
     process.exit(Number(process.env.NPM_STATUS ?? 0));`,
  );
  return (words: string[] = [], environment: Record<string, string> = {}) => {
    rmSync(record, { force: true });
    const result = spawnSync(process.execPath, [join(folder, 'scripts/install-if-needed.mjs'), ...words], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, TENDER_CHROMIUM: process.execPath, npm_execpath: npm, ...environment },
    });
    const called = existsSync(record) ? readFileSync(record, 'utf8') : undefined;
    return { ...result, called };
  };
}

const production = { 'node_modules/server': wanted['node_modules/server']! };
const complete = { ...production, 'node_modules/linter': wanted['node_modules/linter']! };

test('with the packages of the lock file in place nothing is installed and nothing is said', (t) => {
  const result = checkout(t, complete)(['--browser']);
  assert.deepEqual([result.status, result.called, result.stdout, result.stderr], [0, undefined, '', '']);
});

test('missing, outdated, half-written and foreign packages are installed, each with its reason on stderr', (t) => {
  const cases: [Record<string, Entry> | string | undefined, RegExp][] = [
    [undefined, /^The packages are not installed yet: running "npm ci --ignore-scripts"/],
    ['{"packages":', /^The packages are not installed yet/],
    [{}, /^server is not installed/],
    [{ 'node_modules/server': { version: '0.9.0' } }, /^server is not the version of package-lock\.json/],
    [{ 'node_modules/server': { version: '1.0.0', integrity: 'sha512-other' } }, /^server is not the version/],
    [{ ...complete, 'node_modules/native': { version: '1.0.0', os: ['plan9'] } }, /^native is made for another system/],
  ];
  for (const [installed, reason] of cases) {
    const result = checkout(t, installed)();
    assert.match(result.stderr, reason);
    assert.match(result.called ?? 'npm was not called', /^ci --ignore-scripts /);
    assert.equal(result.stdout, '', 'stdout stays free for data');
    assert.match(result.stderr, /npm speaks/);
    assert.equal(result.status, 0);
  }
});

test('an installation without development packages is enough to start, and is completed to test', (t) => {
  const run = checkout(t, production);
  assert.equal(run().called, undefined);
  const forTests = run(['--browser']);
  assert.match(forTests.stderr, /^linter is not installed/);
  assert.match(forTests.called!, /--include=dev/);
});

test('a failed installation ends with status 1 and says what to do', (t) => {
  const result = checkout(t, undefined)([], { NPM_STATUS: '7' });
  assert.equal(result.status, 1);
  assert.match(result.stderr, /Installing the packages failed \(status 7\)\. Is the npm registry within reach\?/);
});

test('a named browser that does not exist is reported, and the tests run all the same', (t) => {
  const result = checkout(t, complete)(['--browser'], { TENDER_CHROMIUM: '/nowhere/chromium' });
  assert.equal(result.status, 0);
  assert.match(result.stderr, /TENDER_CHROMIUM names \/nowhere\/chromium, which does not exist/);
});

test('the version guard asks for the version that package.json asks for', () => {
  const { engines } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  assert.equal(engines.node, `>=${oldestNode}`);
  const answers = ['v18.20.0', 'v20.20.2', 'v23.11.1', 'v24.0.0', '24.21.0', 'v100.0.0'].map(isNewEnough);
  assert.deepEqual(answers, [false, false, false, true, true, true]);
});
