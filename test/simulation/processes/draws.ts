/**
 * Everything that a random test chooses, drawn from a seed that can be printed: the same seed gives the same choices in the
 * same order. What real processes do with real time is not replayed by it.
 */
import { createHash } from 'node:crypto';

export class Draws {
  readonly seed: string;
  #count = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** In [0, 1). */
  fraction(): number {
    const digest = createHash('sha256')
      .update(`${this.seed}/${this.#count++}`)
      .digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }

  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    return entries.at(-1)![0];
  }

  /** The same things in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list];
    return list.map(() => left.splice(this.whole(0, left.length - 1), 1)[0]!);
  }

  /** Draws of its own for a part of the test, so that parts do not disturb each other. */
  part(name: string): Draws {
    return new Draws(`${this.seed}:${name}`);
  }
}
