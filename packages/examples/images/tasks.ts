// The steps of the pipeline, each for some rows of a picture. Planes of pixels lie in shared memory: tasks read
// what the step before has written, around their rows too, and write into their own rows only.

import { type Task, task } from '@concurrency-lab/runtime';

/** Is the brightness of each pixel, row by row. */
export type Plane = Uint8Array<SharedArrayBuffer>;

/** Says which rows of how wide a picture a task works on, `last` not among them. */
export interface Rows {
  readonly width: number;
  readonly height: number;
  readonly first: number;
  readonly last: number;
}

type Step = Task<[from: Plane, to: Plane, rows: Rows], void>;

/** Turns four bytes a pixel into its brightness, with the weights of ITU-R BT.601. */
export const brightness: Step = task(
  import.meta,
  'brightness',
  (rgba: Plane, gray: Plane, { width, ...rows }: Rows) => {
    for (let i = rows.first * width; i < rows.last * width; i++) {
      gray[i] = (rgba[i * 4]! * 77 + rgba[i * 4 + 1]! * 150 + rgba[i * 4 + 2]! * 29) >> 8;
    }
  },
);

/** Takes the mean of each pixel and its neighbours, against noise. */
export const blur: Step = task(import.meta, 'blur', (from: Plane, to: Plane, rows: Rows) => {
  eachPixel(rows, (x, y, at) => {
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) sum += pixel(from, rows, x + dx, y + dy);
    to[at] = sum / 9;
  });
});

/** Finds how steeply the brightness changes around each pixel, after Sobel. */
export const edges: Step = task(import.meta, 'edges', (from: Plane, to: Plane, rows: Rows) => {
  eachPixel(rows, (x, y, at) => {
    const p = (dx: number, dy: number): number => pixel(from, rows, x + dx, y + dy);
    const across = p(1, -1) + 2 * p(1, 0) + p(1, 1) - p(-1, -1) - 2 * p(-1, 0) - p(-1, 1);
    const down = p(-1, 1) + 2 * p(0, 1) + p(1, 1) - p(-1, -1) - 2 * p(0, -1) - p(1, -1);
    to[at] = Math.min(Math.hypot(across, down), 255);
  });
});

function eachPixel({ width, first, last }: Rows, visit: (x: number, y: number, at: number) => void): void {
  for (let y = first; y < last; y++) for (let x = 0; x < width; x++) visit(x, y, y * width + x);
}

/** Gives a pixel; beyond the border, the nearest one. */
function pixel(plane: Plane, { width, height }: Rows, x: number, y: number): number {
  const column = Math.min(Math.max(x, 0), width - 1);
  const row = Math.min(Math.max(y, 0), height - 1);
  return plane[row * width + column]!;
}
