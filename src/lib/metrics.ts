/**
 * Counters, histograms and gauges in the text format of Prometheus 0.0.4. Small on purpose: nothing is registered anywhere, nothing is
 * averaged, and adding to one is a look-up in a map. Labels must come from a fixed set of words, never from what somebody sent: each
 * combination is kept for as long as the process lives.
 */
export interface Described {
  name: string;
  help: string;
}

export type Labels = Readonly<Record<string, string>>;

/** One value of a gauge. */
export interface Sample {
  labels?: Labels;
  value: number;
}

/** Only grows; begins at nothing when the process starts. */
export class Counter {
  readonly #described: Described;
  readonly #values = new Map<string, number>();

  constructor(described: Described) {
    this.#described = described;
  }

  add(labels: Labels): void {
    const key = inside(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + 1);
  }

  text(): string {
    const { name } = this.#described;
    return head(this.#described, 'counter') + [...this.#values].map(([key, value]) => line(name, key, value)).join('');
  }
}

interface Observed {
  /** For each bound how many were at most that, not counting those of smaller bounds; the last is for what is above all. */
  counts: number[];
  sum: number;
}

/** Counts values by size, in seconds. */
export class Histogram {
  readonly #described: Described;
  readonly #bounds: readonly number[];
  readonly #observed = new Map<string, Observed>();

  /** `bounds` are seconds in rising order. */
  constructor(described: Described, bounds: readonly number[]) {
    this.#described = described;
    this.#bounds = bounds;
  }

  observe(labels: Labels, seconds: number): void {
    this.of(labels)(seconds);
  }

  /** What adds to one combination of labels: kept by callers on hot paths, so that the labels are put together once. */
  of(labels: Labels): (seconds: number) => void {
    const bounds = this.#bounds;
    const observed = this.#with(inside(labels));
    return (seconds) => {
      let place = 0;
      while (place < bounds.length && seconds > bounds[place]!) place++;
      observed.counts[place]! += 1;
      observed.sum += seconds;
    };
  }

  #with(key: string): Observed {
    let observed = this.#observed.get(key);
    if (observed === undefined) {
      observed = { counts: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#observed.set(key, observed);
    }
    return observed;
  }

  text(): string {
    const { name } = this.#described;
    let text = head(this.#described, 'histogram');
    for (const [key, { counts, sum }] of this.#observed) {
      const before = key === '' ? '' : `${key},`;
      let total = 0;
      counts.forEach((count, place) => {
        total += count;
        text += line(`${name}_bucket`, `${before}le="${this.#bounds[place] ?? '+Inf'}"`, total);
      });
      text += line(`${name}_sum`, key, sum) + line(`${name}_count`, key, total);
    }
    return text;
  }
}

/** Values as they are at this moment. */
export function gauge(described: Described, samples: readonly Sample[]): string {
  return (
    head(described, 'gauge') +
    samples.map(({ labels = {}, value }) => line(described.name, inside(labels), value)).join('')
  );
}

function head({ name, help }: Described, type: 'counter' | 'gauge' | 'histogram'): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`;
}

function inside(labels: Labels): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name]!.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`));
    text += `${text === '' ? '' : ','}${name}="${value}"`;
  }
  return text;
}
