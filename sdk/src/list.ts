/** Lists that come in pages, as one sequence: `for await`, a bounded array, or a page at a time. */
import type { Api, Call } from './api.ts';

export interface Page<T> {
  data: T[];
  /** Given as `cursor` it asks for the next page; absent on the last one. */
  nextCursor?: string;
  previousCursor?: string;
}

/** What `list(…)` answers. Nothing is asked before it is used. */
export interface ListOf<T> extends AsyncIterable<T> {
  /** The first page, or the one that the query's `cursor` names. */
  page(): Promise<Page<T>>;
  /** At most `limit` objects, over as many pages as that takes. */
  toArray(bounds: { limit: number }): Promise<T[]>;
}

/** Pages as large as they may be, unless the caller chose: fewer round trips. */
const PAGE = 100;

export class List<T> implements ListOf<T> {
  readonly #api: Api;
  readonly #call: Call;

  constructor(api: Api, call: Call) {
    this.#api = api;
    this.#call = call;
  }

  page(): Promise<Page<T>> {
    return this.#page(this.#call);
  }

  async toArray({ limit }: { limit: number }): Promise<T[]> {
    const found: T[] = [];
    if (limit <= 0) return found;
    for await (const one of this.#each(Math.min(limit, PAGE))) {
      found.push(one);
      if (found.length >= limit) break;
    }
    return found;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.#each(PAGE);
  }

  async *#each(pageSize: number): AsyncGenerator<T> {
    const query = { limit: pageSize, ...this.#call.query };
    for (let call: Call = { ...this.#call, query }; ; ) {
      const { data, nextCursor } = await this.#page(call);
      yield* data;
      if (nextCursor === undefined) return;
      call = { ...call, query: { ...query, cursor: nextCursor } };
    }
  }

  async #page(call: Call): Promise<Page<T>> {
    const { body, headers } = await this.#api.send<{ data: T[] }>(call);
    const next = headers.get('next-cursor');
    const previous = headers.get('prev-cursor');
    return {
      data: body.data,
      ...(next === null ? {} : { nextCursor: next }),
      ...(previous === null ? {} : { previousCursor: previous }),
    };
  }
}
