// The page: outlines a picture of its own, and then those that are chosen. Meanwhile it stays alive, as the
// clock shows.

import { Runtime } from '@concurrency-lab/runtime';
import { outline } from './outline.ts';

const rt = Runtime.builder()
  .worker(() => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))
  .build();

const [before, after] = document.querySelectorAll('canvas') as unknown as [HTMLCanvasElement, HTMLCanvasElement];
const took = document.querySelector('output')!;

async function show(source: CanvasImageSource, width: number, height: number): Promise<void> {
  for (const canvas of [before, after]) Object.assign(canvas, { width, height });
  const drawing = before.getContext('2d')!;
  drawing.drawImage(source, 0, 0);
  const start = performance.now();
  after.getContext('2d')!.putImageData(await outline(rt, drawing.getImageData(0, 0, width, height)), 0, 0);
  took.value = `${width} × ${height} pixels, ${rt.workerThreads} workers, ${(performance.now() - start).toFixed(0)} ms`;
}

/** Draws something with edges. */
function sample(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(640, 480);
  const drawing = canvas.getContext('2d')!;
  drawing.fillStyle = 'navy';
  drawing.fillRect(0, 0, 640, 480);
  for (let i = 0; i < 12; i++) {
    drawing.fillStyle = `hsl(${i * 30} 80% 60%)`;
    drawing.beginPath();
    drawing.arc(80 + (i % 4) * 160, 80 + Math.floor(i / 4) * 160, 20 + i * 4, 0, 2 * Math.PI);
    drawing.fill();
  }
  return canvas;
}

document.querySelector('input')!.addEventListener('change', ({ target }) => {
  const [file] = (target as HTMLInputElement).files!;
  if (file !== undefined) void createImageBitmap(file).then((picture) => show(picture, picture.width, picture.height));
});
const clock = document.querySelector('time')!;
function tick(): void {
  clock.textContent = new Date().toISOString();
  requestAnimationFrame(tick);
}
tick();
await show(sample(), 640, 480);
