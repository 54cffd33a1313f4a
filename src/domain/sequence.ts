/**
 * In which order events are told. Ids are nearly in the order of time, but processes whose clocks differ make ids that
 * are not; versions never lie. So events go by id, and those of one object by version.
 */

/** What the order depends on. */
export interface Sequenced {
  id: string;
  objectId: string;
  objectVersion: number;
}

/**
 * Events in the order in which they are numbered: by id, but the places that one object's events would take are filled
 * with that object's events by version (and within one version by id). The result is a permutation of the argument; it
 * is the order of ids wherever that does not contradict the versions of an object.
 */
export function inOrder<E extends Sequenced>(events: readonly E[]): E[] {
  const byId = [...events].sort(byIdOnly);
  if (!contradictsVersions(byId)) return byId;
  const queues = new Map<string, E[]>();
  for (const event of byId) {
    const queue = queues.get(event.objectId);
    if (queue === undefined) queues.set(event.objectId, [event]);
    else queue.push(event);
  }
  // A stable sort: within a version the order of ids stays.
  for (const queue of queues.values()) queue.sort((a, b) => a.objectVersion - b.objectVersion);
  const taken = new Map<string, number>();
  return byId.map(({ objectId }) => {
    const place = taken.get(objectId) ?? 0;
    taken.set(objectId, place + 1);
    return queues.get(objectId)![place]!;
  });
}

function byIdOnly(a: Sequenced, b: Sequenced): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The usual case is that nothing is to be moved, and this is the cheapest way to know. */
function contradictsVersions(events: readonly Sequenced[]): boolean {
  const latest = new Map<string, number>();
  for (const { objectId, objectVersion } of events) {
    if (objectVersion < (latest.get(objectId) ?? 0)) return true;
    latest.set(objectId, objectVersion);
  }
  return false;
}
