// The program of a browser's worker: runs what it is told to, and posts the report.

import { run, type RunOptions } from './run.ts';

addEventListener('message', ({ data }: MessageEvent<RunOptions>) => {
  void run(data).then((report) => postMessage(report));
});
