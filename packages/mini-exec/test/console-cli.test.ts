// The command, attached to programs that run.

import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsoleAddress, SnapshotAnswer } from '../src/console/index.ts';

const cli = fileURLToPath(new URL('../dist/console/cli.js', import.meta.url));
const register = '@concurrency-lab/mini-exec/console/register';
const here = fileURLToPath(new URL('.', import.meta.url));

let folder: string;
let programs: Program[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  programs = [];
});
afterEach(async () => {
  for (const program of programs) {
    program.child.stdin.end(); // ends it
    if (program.child.exitCode === null && program.child.signalCode === null) await once(program.child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pid: string;
  /** Is what it printed first. */
  readonly said: unknown;
}

/** Starts a program of test/programs, and waits until it has printed a line. */
async function start(name: string, options: unknown = {}, env: Record<string, string> = {}): Promise<Program> {
  const args = env['MINI_EXEC_CONSOLE'] === undefined ? [] : ['--import', register];
  const file = fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [...args, file, JSON.stringify(options)], {
    cwd: here,
    env: environment(env),
  });
  child.stderr.pipe(process.stderr);
  const lines = createInterface(child.stdout);
  // Not `exit`, which may come before the line that was printed just before it.
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  if (line === undefined) throw new Error(`${name} ended before it said anything`);
  const program = { child, pid: String(child.pid), said: JSON.parse(line) as unknown };
  programs.push(program);
  return program;
}

function environment(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: folder, NO_COLOR: '1', ...env };
}

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end. */
async function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env: environment(), timeout: 110_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });
}

async function json(...args: string[]): Promise<SnapshotAnswer> {
  const { code, stdout, stderr } = await run('--json', '--timeout', '60000', ...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as SnapshotAnswer;
}

describe('the answer to "is my waker called, does my future stay pending?"', () => {
  it('is in the table of the command, attached to the running program', async () => {
    const { pid } = await start('stuck');
    const { stdout, code } = await run('--once', '--gc', '--timeout', '60000', pid);
    expect(code).toBe(0);
    const line = (name: string): string => stdout.split('\n').find((text) => text.includes(` ${name} `)) ?? '';
    // On a busy machine, any poll may be a long one too.
    expect(line('forgetful')).toMatch(
      /^lost-waker\S* +1 +forgetful +idle .* 1 +\S+ +0 +0 +0 +1 +programs\/stuck\.mjs:\d+:\d+$/,
    );
    expect(line('careless')).toMatch(/^lost-waker\S* +2 +careless +idle /);
    expect(line('ticks')).toMatch(/^(?:long-poll)? +3 +ticks +(?:idle|scheduled) /);
    expect(line('short')).toContain(' finished ');
    expect(stdout).toContain('no poll has ever taken cx.waker: nothing can wake it');
    expect(stdout).toContain('its waker was dropped: nothing can wake it any more');
    expect(stdout).toMatch(/^\d+ \S+stuck\.mjs \(node [\d.]+\): 5 living, 1 finished\n/);
  });

  it('is in its JSON', async () => {
    const { pid } = await start('stuck');
    const { program, snapshot } = await json(pid);
    expect(program).toMatchObject({ pid: Number(pid), thread: 0, runtime: `node ${process.versions.node}` });
    const task = (name: string) => snapshot.tasks.find((candidate) => candidate.name === name)!;
    expect(task('forgetful')).toMatchObject({
      state: 'idle',
      polls: 1,
      wakes: 0,
      wakers: 0,
      wakerTakes: 0,
      warnings: expect.arrayContaining([expect.objectContaining({ kind: 'lost-waker' })]) as unknown,
    });
    expect(task('forgetful').location).toMatch(/stuck\.mjs:\d+:\d+$/);
    expect(task('careless')).toMatchObject({ state: 'idle', polls: 1, wakerTakes: 1 });
    expect(task('ticks').wakes).toBeGreaterThan(0);
    expect(task('ticks').wakers).toBe(1);
    expect(task('child').parent).toBe(task('parent').id);
    expect(task('parent').executor).toBe(2);
    expect(task('short')).toMatchObject({ state: 'finished', outcome: 'value' });
    const collected = (await json('--gc', pid)).snapshot.tasks;
    // On a busy machine, any poll may be a long one too.
    const lost = collected.filter(({ warnings }) => warnings.some(({ kind }) => kind === 'lost-waker'));
    expect(lost.map(({ name }) => name)).toEqual(['forgetful', 'careless']);
  });
});

describe('the command', () => {
  it.each<[string, (given: ConsoleAddress) => string[]]>([
    ['a port', ({ port }) => ['--port', String(port)]],
    ['a path', ({ path }) => ['--path', path!]],
  ])('attaches by %s', async (kind, args) => {
    const { said, pid } = await start('stuck', kind === 'a port' ? { port: 0 } : { path: join(folder, 'socket') });
    const { program } = await json(...args(said as ConsoleAddress));
    expect(program.pid).toBe(Number(pid));
  });

  it('finds the one program there is, also when another was killed', async () => {
    const killed = await start('stuck');
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const { pid } = await start('stuck');
    const sockets = (): string[] => readdirSync(join(folder, `mini-exec-console-${process.getuid!()}`));
    expect(sockets().length).toBe(2);
    const { program } = await json();
    expect(program.pid).toBe(Number(pid));
    expect(sockets()).toEqual([`${pid}.sock`]);
  });

  it('says which programs there are if there are several', async () => {
    const pids = [(await start('stuck')).pid, (await start('stuck')).pid];
    const { code, stderr } = await run('--once');
    expect(code).toBe(2);
    for (const pid of pids) expect(stderr).toContain(pid);
    expect(stderr).toContain('say which');
  });

  it('says when there is none', async () => {
    expect(await run('--once')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no program of this user') as unknown,
    });
    expect(await run('--once', '1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nobody serves the console there') as unknown,
    });
  });

  it('says when the program is too busy to answer', async () => {
    const { pid, child } = await start('stuck');
    child.stdin.write('block\n');
    await run('--json', '--timeout', '1', pid); // it blocks from here on, or did before
    const { code, stderr } = await run('--once', '--timeout', '100', pid);
    child.kill('SIGKILL');
    expect(stderr).toContain('the request was given up after its timeout of 100 ms');
    expect(code).toBe(1);
  });

  it.each([
    [['--sort', 'colour'], 'there is no column "colour"'],
    [['--limit', 'x'], '--limit must be an integer from 0 to 10000, not "x"'],
    [['--limit', '10001'], '--limit must be an integer from 0 to 10000, not "10001"'],
    [['--port', '1', '--path', 'x'], 'give one target'],
    [['1', '2'], 'give one target'],
    [['main.js'], '"main.js" is neither <pid> nor <pid>-<thread>'],
    [['--bogus'], "Unknown option '--bogus'"],
    [['--port', '70000'], '--port must be an integer from 0 to 65535, not "70000"'],
  ])('refuses %j', async (args, message) => {
    expect(await run(...args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message) as unknown,
    });
  });

  it('needs a terminal to be live', async () => {
    const { pid } = await start('stuck');
    expect(await run(pid)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('use --once or --json') as unknown,
    });
  });

  it('explains itself', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('usage: mini-exec-console');
  });

  it('sorts and limits', async () => {
    const { pid } = await start('stuck');
    const { stdout } = await run('--once', '--sort', 'name', '--limit', '3', '--timeout', '60000', pid);
    const names = stdout
      .split('\n')
      .flatMap((line) => / (careless|child|forgetful|parent|short|ticks) /.exec(line)?.[1] ?? []);
    expect(names).toEqual(names.toSorted());
    expect(names.length).toBe(3);
    expect(stdout).toContain('3 not shown');
  });
});

describe('a program', () => {
  it('ends as it would without the console, and removes its socket', async () => {
    const path = join(folder, 'socket');
    for (const options of [{ port: 0 }, { path }]) {
      const { child } = await start('idle', options);
      if (child.exitCode === null) await once(child, 'exit');
      expect(child.exitCode).toBe(0);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('can be killed, and started again with the same path', async () => {
    const path = join(folder, 'socket');
    const { child } = await start('stuck', { path });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { pid } = await start('stuck', { path });
    expect((await json('--path', path)).program.pid).toBe(Number(pid));
  });

  it('serves the console without knowing it, if the environment says so', async () => {
    const { pid } = await start('stuck', {}, { MINI_EXEC_CONSOLE: '1' });
    const { snapshot } = await json(pid);
    expect(snapshot.tasks.map(({ name }) => name)).toContain('forgetful');
  });

  it('serves each of its threads', async () => {
    const path = join(folder, 'socket');
    const { said } = await start('threads', {}, { MINI_EXEC_CONSOLE: path });
    const names = async (target: string) => (await json('--path', target)).snapshot.tasks.map(({ name }) => name);
    expect(await names(path)).toEqual(['in the main thread']);
    const worker = await json('--path', `${path}-${String(said)}`);
    expect(worker.program.thread).toBe(said);
    expect(worker.snapshot.tasks.map(({ name }) => name)).toEqual(['in the worker']);
  });

  it('runs without the console where that cannot be served', async () => {
    const child = spawn(process.execPath, ['--import', register, '--eval', 'console.log("ran")'], {
      cwd: here,
      env: environment({ MINI_EXEC_CONSOLE: join(folder, 'missing', 'socket') }),
    });
    let stderr = '';
    let stdout = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(stdout).toBe('ran\n');
    expect(stderr).toContain('MINI_EXEC_CONSOLE=');
  });
});
