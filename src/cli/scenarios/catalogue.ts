/** Every scenario there is, and which one a word on the command line means. */
import { after } from './after.ts';
import { methods } from './methods.ts';
import { objects } from './objects.ts';
import { paying } from './paying.ts';
import type { EventType, Scenario } from './scenario.ts';
import { series } from './series.ts';
import { trouble } from './trouble.ts';

export const scenarios: readonly Scenario[] = [...paying, ...series, ...after, ...methods, ...trouble, ...objects];

/** The scenario of that name, or the shortest one that brings about events of that type. */
export function scenarioFor(word: string): Scenario | undefined {
  return scenarios.find(({ name }) => name === word) ?? shortestWith(word as EventType);
}

/** Those that leave the clock alone come first, then those that bring about fewest things beside. */
function shortestWith(type: EventType): Scenario | undefined {
  const length = ({ clock, emits }: Scenario): number => (clock ? 100 : 0) + emits.length;
  return scenarios.filter(({ emits }) => emits.includes(type)).sort((a, b) => length(a) - length(b))[0];
}
