import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runProgram } from './portable-process.ts';

const options = { files: [], runs: 1, seed: 1, timeout: 1, hopeless: [] };
const run = (program: string): Promise<unknown> =>
  runProgram(process.execPath, ['--eval', program], options, process.cwd());

describe('a program', () => {
  it('that ends before it reports is said to have, with what it was at', async () => {
    const dying = `const { report } = JSON.parse(process.argv[1]);
      require('fs').writeFileSync(report, JSON.stringify({ during: 'the third test' }));
      console.error('out of memory');
      process.exit(3);`;
    await expect(run(dying)).rejects.toThrow('ended (exit code 3, signal null) during the third test\nout of memory');
    await expect(run('process.exit(0)')).rejects.toThrow('during its start');
  });

  it.skipIf(process.platform === 'win32')('leaves nothing behind that it has started', async () => {
    const leaving = `const child = require('child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
      child.unref();
      throw new Error('child ' + child.pid + '.');`;
    const message = await run(leaving).then(String, String);
    const pid = Number(/child (\d+)\./.exec(message)![1]);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

/** Tells whether a process runs; one that has ended and is only not yet collected does not. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout.trim());
}
