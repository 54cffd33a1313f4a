/** What the readers of pictures and fonts answer: a file written anew, or the reason why there is none. */

export interface CleanFile {
  type: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/svg+xml' | 'font/woff2';
  content: Buffer;
  /** Of pictures, in pixels. */
  width?: number;
  height?: number;
}

/** Why a file is not taken, as one sentence. It never repeats what stands in the file beyond a name. */
export interface Unfit {
  unfit: string;
}

export function unfit(reason: string): Unfit {
  return { unfit: reason };
}

export function isUnfit(value: unknown): value is Unfit {
  return typeof value === 'object' && value !== null && 'unfit' in value;
}

/** The sentence about a picture that has no size or too much of it; undefined when it fits. */
export function sizeProblem({ width, height }: { width: number; height: number }): string | undefined {
  if (width < 1 || height < 1) return 'The picture has no size.';
  if (width > MAX_SIDE_PX || height > MAX_SIDE_PX)
    return `The picture is ${width} × ${height} pixels; at most ${MAX_SIDE_PX} a side are taken.`;
  return undefined;
}

export const MAX_SIDE_PX = 2000;
