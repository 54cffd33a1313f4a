/** A process that reports it is there, waits for the word, and then tries to take the lock of a folder once. */
import { FolderHeldError, lockFolder } from '../../src/embedded/folder-lock.ts';

// Not `once`: as long as somebody listens the process stays, and with it the lock.
process.on('message', () => {
  try {
    lockFolder(process.argv[2]!, '/data');
    process.send!('mine');
  } catch (error) {
    process.send!(error instanceof FolderHeldError ? 'held' : String(error));
  }
});
process.send!('there');
