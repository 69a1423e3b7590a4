// What a pending wait does to the life of a process can only be seen from outside of it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const packageUrl = new URL('../dist/index.js', import.meta.url).href;

async function run(program: string): Promise<{ code: number; stdout: string }> {
  const source = `import { CancelToken, parkAsync, unpark } from ${JSON.stringify(packageUrl)};
    const words = new Int32Array(new SharedArrayBuffer(8));
    ${program}`;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
    return { code: 0, stdout: stdout.trim() };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, stdout: stdout.trim() };
  }
}

/**
 * Changes and wakes the word from a worker that does not itself keep the process alive; a while after `ready()`
 * has been called, so that a busy machine does not let it be before the wait.
 */
const WAKE_LATER = `
  import { Worker } from 'node:worker_threads';
  new Worker(\`
    const { workerData } = require('node:worker_threads');
    Atomics.wait(workerData, 1, 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    Atomics.store(workerData, 0, 1);
    Atomics.notify(workerData, 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  \`, { eval: true, execArgv: [], workerData: words }).unref();
  const ready = () => {
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);
  };`;

// Node calls it 13 when a top-level await never ends: the silent exit of other programs.
const UNSETTLED = 13;

describe.each(['', 'Atomics.waitAsync = undefined;'])('%s', (setup) => {
  it('a bare waitAsync lets the process end: the reason for what follows', async () => {
    if (setup !== '') return;
    const { code, stdout } = await run(
      `${WAKE_LATER} await Atomics.waitAsync(words, 0, 0).value; console.log('woken'); // and never ready`,
    );
    expect({ code, stdout }).toEqual({ code: UNSETTLED, stdout: '' });
  });

  it('parkAsync keeps the process alive until it is woken, and no longer', async () => {
    const { code, stdout } = await run(`${setup} ${WAKE_LATER} ready(); console.log(await parkAsync(words, 0, 0));`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok' });
  });

  it('several waits keep the process alive until the last has ended', async () => {
    const { code, stdout } = await run(
      `${setup} ${WAKE_LATER}
       await parkAsync(words, 0, 1);
       await parkAsync(words, 0, 0, { timeout: 1 });
       ready();
       console.log(await parkAsync(words, 0, 0));`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok' });
  });

  it('an aborted wait lets the process end', async () => {
    const { code, stdout } = await run(
      `${setup} const c = new AbortController();
       setTimeout(() => c.abort(new Error('stop')), 20);
       await parkAsync(words, 0, 0, { signal: c.signal }).catch((error) => console.log(error.message));`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'stop' });
  });

  it('with keepAlive: false the process may end first', async () => {
    const { code, stdout } = await run(`${setup} await parkAsync(words, 0, 0, { keepAlive: false });`);
    expect({ code, stdout }).toEqual({ code: UNSETTLED, stdout: '' });
  });

  it('the signal of a token lets the process end', async () => {
    const { code, stdout } = await run(`${setup} console.log(CancelToken.create().signal.aborted);`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'false' });
  });
});
