// The pipeline: three steps, each spread over the workers in strips of rows. A step begins when all strips of the
// one before are done, since it looks at the rows around its own. The page's thread only waits.

import type { Runtime } from '@concurrency-lab/runtime';
import { blur, brightness, edges, type Plane } from './tasks.ts';

/** So many strips for each worker, so that one that is slower takes fewer. */
const STRIPS = 4;

/** Draws the outlines of what a picture shows, white on black. */
export async function outline(rt: Runtime, picture: ImageData): Promise<ImageData> {
  const { width, height } = picture;
  const pixels = width * height;
  const [rgba, one, other] = [plane(pixels * 4), plane(pixels), plane(pixels)];
  rgba.set(picture.data);

  const rows = Math.ceil(height / (rt.workerThreads * STRIPS));
  const step = async (task: typeof blur, from: Plane, to: Plane): Promise<void> => {
    const strips = [];
    for (let first = 0; first < height; first += rows) {
      const last = Math.min(first + rows, height);
      strips.push(rt.spawn(task, from, to, { width, height, first, last }));
    }
    await Promise.all(strips);
  };
  await step(brightness, rgba, one);
  await step(blur, one, other);
  await step(edges, other, one);

  const outlined = new ImageData(width, height);
  for (let i = 0; i < pixels; i++) outlined.data.set([one[i]!, one[i]!, one[i]!, 255], i * 4);
  return outlined;
}

function plane(bytes: number): Plane {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}
