/** `npm run screens`: every state is among the pictures, and what is asked for lies in the folder as PNG. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { screensNamed } from '../../../scripts/screens/list.ts';
import { PAGE_STATES } from '../../../src/web/checkout/state.ts';
import { PROJECT_FOLDER } from '../../support/source-tree.ts';

const run = promisify(execFile);

test('the contact sheet has every state, no page twice, and the pictures that were asked for', async () => {
  const names = screensNamed('').map(({ name }) => name);
  for (const state of PAGE_STATES) assert.ok(names.includes(state), state);
  assert.equal(new Set(names).size, names.length);
  const folder = mkdtempSync(join(tmpdir(), 'tender-sheet-'));
  try {
    const words = ['--only', 'verified,not_found', '--widths', '320', '--schemes', 'dark', '--locales', 'ar'];
    const { stdout } = await run(process.execPath, ['scripts/screens.ts', '--out', folder, ...words], {
      cwd: PROJECT_FOLDER,
    });
    assert.equal(stdout, `${join(folder, 'screens.png')}\n`);
    const files = readdirSync(folder).sort();
    assert.deepEqual(files, ['not_found-320-dark-ar.png', 'screens.png', 'verified-320-dark-ar.png']);
    for (const file of files) {
      const picture = readFileSync(join(folder, file));
      assert.equal(picture.toString('latin1', 1, 4), 'PNG', file);
      assert.ok(picture.readUInt32BE(16) >= 300 && picture.readUInt32BE(20) >= 300, file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
