/** Look-ups by key that go together under load: one question per reader, whoever asks. */
import { gather } from '../lib/gather.ts';
import type { Reader } from './database.ts';

const UNDER_WAY = 1;
const MOST = 100;

/** Turns a question for many keys (one result per key, in order) into one for a single key. */
export function gathered<Key, Found>(
  ask: (reader: Reader, keys: Key[]) => Promise<Found[]>,
): (reader: Reader, key: Key) => Promise<Found> {
  const finders = new WeakMap<Reader, (key: Key) => Promise<Found>>();
  return (reader, key) => {
    let find = finders.get(reader);
    if (find === undefined) {
      find = gather<Key, Found>({ underWay: UNDER_WAY, most: MOST, hearAll: true }, (keys) => ask(reader, keys));
      finders.set(reader, find);
    }
    return find(key);
  };
}
