/** The links to shared libraries that npm packages cannot hold. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { linkLibraries } from '../../src/embedded/binaries.ts';

function packagePlace(): { home: string; spare: string } {
  const place = mkdtempSync(join(tmpdir(), 'tender-package-'));
  test.after(() => rmSync(place, { recursive: true, force: true }));
  const home = join(place, 'package');
  mkdirSync(join(home, 'native'), { recursive: true });
  const links = [{ source: 'native/lib/libx.so.5.18', target: 'native/lib/libx.so.5' }];
  writeFileSync(join(home, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  return { home, spare: join(place, 'spare') };
}

test('missing library links are made next to the libraries, wrong ones are replaced, and real files stay', () => {
  const { home, spare } = packagePlace();
  const library = join(home, 'native', 'lib');
  mkdirSync(library);
  writeFileSync(join(library, 'libx.so.5.18'), '');
  for (const before of ['nothing', 'the right link', 'a broken link']) {
    if (before === 'a broken link') {
      rmSync(join(library, 'libx.so.5'));
      symlinkSync('/nowhere', join(library, 'libx.so.5'));
    }
    assert.deepEqual(linkLibraries(home, spare), {}, before);
    assert.equal(readlinkSync(join(library, 'libx.so.5')), 'libx.so.5.18', before);
  }
  rmSync(join(library, 'libx.so.5'));
  writeFileSync(join(library, 'libx.so.5'), 'a real library');
  linkLibraries(home, spare);
  assert.deepEqual(readdirSync(library), ['libx.so.5', 'libx.so.5.18']);
});

test('when the package is read-only the links go to a folder of ours and the loader is told', {
  skip: process.platform !== 'linux' && 'needs a folder that even root cannot write to',
}, () => {
  const { home, spare } = packagePlace();
  symlinkSync('/sys/kernel', join(home, 'native', 'lib'));
  for (const time of ['first', 'second']) {
    assert.deepEqual(linkLibraries(home, spare), { LD_LIBRARY_PATH: `${spare}:${home}/native/lib` }, time);
    assert.equal(readlinkSync(join(spare, 'libx.so.5')), join(home, 'native/lib/libx.so.5.18'), time);
  }
});
