/** Every planted mistake, in the order in which the table shows them. */
import { bookMistakes } from './book-mistakes.ts';
import { cardMistakes } from './card-mistakes.ts';
import { eventMistakes } from './event-mistakes.ts';
import type { Mistake } from './mistake.ts';
import { processorMistakes } from './processor-mistakes.ts';
import { seriesMistakes } from './series-mistakes.ts';
import { stepMistakes } from './step-mistakes.ts';

export const mistakes: readonly Mistake[] = [
  ...bookMistakes,
  ...processorMistakes,
  ...stepMistakes,
  ...cardMistakes,
  ...seriesMistakes,
  ...eventMistakes,
];
