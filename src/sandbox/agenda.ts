/**
 * What falls due, on the account's clock: real time plus an offset that only grows. One heap an account and one real timer
 * for its earliest entry. Nothing here is written down; after a restart the entries are found again in the charges.
 */

export interface DueItem {
  at: number;
  kind: 'action' | 'answer' | 'authorization' | 'pending' | 'late' | 'step' | 'notice';
  /** Id of the charge, key or notice concerned. */
  ref: string;
  step?: string;
}

export interface Agenda {
  /** Real milliseconds plus the account's offset. */
  add(account: string, item: DueItem): void;
  /** When the account's next item falls due; undefined if nothing will. */
  nextDue(account: string): number | undefined;
  /** Takes the next item due at or before `upTo`, in order of time. */
  take(account: string, upTo: number): DueItem | undefined;
  /** To be called after an account's clock was moved, so that its timer is set anew. */
  rearm(account: string): void;
  close(): void;
}

export interface AgendaOptions {
  nowOf: (account: string) => number;
  timer: (ms: number, then: () => void) => () => void;
  /** False for an item that has come true otherwise since it was added. */
  stillDue: (item: DueItem) => boolean;
  /** Called in real time for each item that has fallen due. */
  onDue: (account: string, item: DueItem) => void;
}

/** Longer waits are cut into pieces: a timer counts milliseconds in 31 bits. */
const LONGEST_TIMER_MS = 86_400_000;

interface Queue {
  heap: DueItem[];
  armedFor: number;
  cancel: () => void;
}

export function createAgenda(options: AgendaOptions): Agenda {
  const queues = new Map<string, Queue>();
  let closed = false;

  const queueOf = (account: string): Queue => {
    let queue = queues.get(account);
    if (queue === undefined) {
      queue = { heap: [], armedFor: Number.POSITIVE_INFINITY, cancel: () => {} };
      queues.set(account, queue);
    }
    return queue;
  };
  const arm = (account: string, queue: Queue): void => {
    queue.cancel();
    const first = queue.heap[0];
    queue.armedFor = first?.at ?? Number.POSITIVE_INFINITY;
    if (first === undefined || closed) return;
    const wait = Math.min(Math.max(0, first.at - options.nowOf(account)), LONGEST_TIMER_MS);
    queue.cancel = options.timer(wait, () => run(account, queue));
  };
  const run = (account: string, queue: Queue): void => {
    for (let item = take(account); item !== undefined && !closed; item = take(account)) options.onDue(account, item);
    arm(account, queue);
  };
  const take = (account: string, upTo = options.nowOf(account)): DueItem | undefined => {
    const { heap } = queueOf(account);
    return heap.length > 0 && heap[0]!.at <= upTo ? pop(heap) : undefined;
  };

  return {
    add(account, item) {
      const queue = queueOf(account);
      push(queue.heap, item);
      if (item.at < queue.armedFor) arm(account, queue);
    },
    nextDue(account) {
      const heap = queues.get(account)?.heap ?? [];
      while (heap.length > 0 && !options.stillDue(heap[0]!)) pop(heap);
      return heap[0]?.at;
    },
    take,
    rearm: (account) => arm(account, queueOf(account)),
    close() {
      closed = true;
      for (const queue of queues.values()) queue.cancel();
    },
  };
}

function push(heap: DueItem[], item: DueItem): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]!.at <= item.at) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

function pop(heap: DueItem[]): DueItem | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
    if (heap[child]!.at >= last.at) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return top;
}
