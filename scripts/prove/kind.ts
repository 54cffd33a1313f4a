/** One kind of proof, as the schedule sees it: how much of the time it gets, what a run costs, and how a run goes. */
import type { KindName } from './words.ts';

export interface Broken {
  /** What does not hold. */
  violation: string;
  /** The command that shows it again. */
  command: string;
}

export interface Run {
  seed: string;
  /** Steps of a world, flows of the load under the kills, or tests. */
  steps: number;
  /** How often the program or one of its servers was killed. */
  kills: number;
  /** How often PostgreSQL was. */
  databaseKills: number;
  broken: readonly Broken[];
  /** True when its time ran out before its end; what it did until then counts. */
  cutShort?: true;
}

export interface RunOptions {
  seed: string;
  /** How long the run should take at most, in milliseconds, where it can be shortened. */
  withinMs: number;
  signal: AbortSignal;
  /** A few words about where the run is. */
  onProgress(words: string): void;
}

export interface Kind {
  name: KindName;
  /** Its part of the time, against the others'. */
  share: number;
  /** What the first run is thought to take, in milliseconds; later ones are thought to take as long as the longest so far. */
  costMs: number;
  run(options: RunOptions): Promise<Run>;
}
