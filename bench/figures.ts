/** What is measured: each figure with its ceiling from the same run, its hard and its stretch target. */

export interface Figure {
  name: string;
  value: number;
  unit: string;
  ceiling: number | null;
  /** Value to ceiling, or for latencies and growth the factor by which the value exceeds it. */
  ratio: number | null;
  hard: string;
  stretch: string;
  holds: boolean;
}

interface Targets {
  unit: string;
  hard: [sign: '≥' | '≤', limit: number];
  stretch: [sign: '≥' | '≤', limit: number];
  /** The target speaks of the ratio, or of the value itself. */
  of: 'ratio' | 'value';
}

export const TARGETS = {
  create_64: { unit: '/s', hard: ['≥', 0.5], stretch: ['≥', 0.9], of: 'ratio' },
  create_1: { unit: 'ms p50', hard: ['≤', 1.5], stretch: ['≤', 1.2], of: 'ratio' },
  get_64: { unit: '/s', hard: ['≥', 0.4], stretch: ['≥', 0.7], of: 'ratio' },
  payment: { unit: '/s', hard: ['≥', 0.25], stretch: ['≥', 0.5], of: 'ratio' },
  next_in_series_32: { unit: '/s', hard: ['≥', 0.3], stretch: ['≥', 0.6], of: 'ratio' },
  webhook_delay: { unit: 'ms p99', hard: ['≤', 1_000], stretch: ['≤', 200], of: 'value' },
  growth: { unit: '×', hard: ['≤', 1.3], stretch: ['≤', 1.1], of: 'value' },
  round_trips: { unit: 'per payment', hard: ['≤', 6], stretch: ['≤', 3], of: 'value' },
  memory: { unit: 'MB', hard: ['≤', 200], stretch: ['≤', 120], of: 'value' },
  ready: { unit: 's', hard: ['≤', 3], stretch: ['≤', 1.5], of: 'value' },
} as const satisfies Record<string, Targets>;

export type FigureName = keyof typeof TARGETS;

/** A figure held against its hard target. */
export function figure(name: FigureName, value: number, ceiling?: number): Figure {
  const target: Targets = TARGETS[name];
  const ratio = ceiling === undefined ? null : value / ceiling;
  const judged = target.of === 'ratio' ? (ratio ?? Number.NaN) : value;
  const [sign, limit] = target.hard;
  return {
    name,
    value: round(value),
    unit: target.unit,
    ceiling: ceiling === undefined ? null : round(ceiling),
    ratio: ratio === null ? null : round(ratio),
    hard: `${sign} ${limit}`,
    stretch: `${target.stretch[0]} ${target.stretch[1]}`,
    holds: sign === '≥' ? judged >= limit : judged <= limit,
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** The figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((one) => [
    one.name,
    `${one.value} ${one.unit}`,
    one.ceiling === null ? '–' : String(one.ceiling),
    one.ratio === null ? '–' : one.ratio.toFixed(2),
    one.hard,
    one.stretch,
    one.holds ? 'holds' : 'MISSED',
  ]);
  const all = [['figure', 'ours', 'ceiling', 'ratio', 'hard', 'stretch', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
