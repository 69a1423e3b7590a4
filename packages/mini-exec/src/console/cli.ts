#!/usr/bin/env node
// The command `mini-exec-console`.

import { unlinkSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { defaultAddress, listAddresses, type ConsoleAddress } from './addresses.ts';
import { type ConsoleClient, connectConsole } from './client.ts';
import { columnOf, COLUMNS } from './columns.ts';
import type { SnapshotAnswer } from './protocol.ts';
import { renderRuntime } from './runtimes.ts';
import { FIRST_VIEW, renderDetails, renderHead, renderTable, visibleTasks } from './screen.ts';
import { runTerminal } from './terminal.ts';

const USAGE = `usage: mini-exec-console [<pid> | <pid>-<thread> | --path <path> | --port <port>] [options]

Shows the tasks of a program that calls serveConsole(), or was started with
  MINI_EXEC_CONSOLE=1 node --import @concurrency-lab/mini-exec/console/register program.js
Without a target it takes the one program of this user that there is.

  --once             print the table once, and what the warnings mean
  --json             print one snapshot as JSON
  --gc               collect the program's garbage first: shows which wakers are lost
  --sort <column>    ${COLUMNS.map(({ key }) => key).join(', ')}
  --limit <n>        most tasks to show; 1000 where not given
  --interval <ms>    how often to look; 250 where not given
  --timeout <ms>     how long to wait for an answer; 2000 where not given
`;

/** Ends the command with a message and exit code 2: it was used wrongly, or there is nothing to show. */
class UsageError extends Error {}

interface Arguments {
  readonly address: ConsoleAddress | undefined;
  readonly mode: 'live' | 'once' | 'json';
  readonly gc: boolean;
  readonly sort: string;
  readonly limit: number;
  readonly interval: number;
  readonly timeout: number;
}

const OPTIONS = {
  path: { type: 'string' },
  port: { type: 'string' },
  once: { type: 'boolean' },
  json: { type: 'boolean' },
  gc: { type: 'boolean' },
  sort: { type: 'string' },
  limit: { type: 'string' },
  interval: { type: 'string' },
  timeout: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Reads the command line; undefined if it asks for help. */
function readArguments(args: string[]): Arguments | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const { path, port, sort = FIRST_VIEW.sort } = values;
  if (positionals.length + Number(path !== undefined) + Number(port !== undefined) > 1) {
    throw new UsageError('give one target: a process, a path or a port');
  }
  if (columnOf(sort) === undefined) throw new UsageError(`there is no column ${JSON.stringify(sort)}`);
  const [target] = positionals;
  if (target !== undefined && !/^\d+(?:-\d+)?$/.test(target)) {
    throw new UsageError(`${JSON.stringify(target)} is neither <pid> nor <pid>-<thread>`);
  }
  return {
    address: addressOf(target, path, port),
    mode: values.json === true ? 'json' : values.once === true ? 'once' : 'live',
    gc: values.gc === true,
    sort,
    limit: requireCount('--limit', values.limit, 1000, 10_000),
    interval: Math.max(50, requireCount('--interval', values.interval, 250, 2 ** 31 - 1)),
    timeout: requireCount('--timeout', values.timeout, 2000, 2 ** 31 - 1),
  };
}

function parse(args: string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function requireCount(option: string, value: string | undefined, otherwise: number, most: number): number {
  if (value === undefined) return otherwise;
  if (/^\d+$/.test(value) && Number(value) <= most) return Number(value);
  throw new UsageError(`${option} must be an integer from 0 to ${most}, not ${JSON.stringify(value)}`);
}

function addressOf(target?: string, path?: string, port?: string): ConsoleAddress | undefined {
  if (target !== undefined) return defaultAddress(target);
  if (path !== undefined) return { path };
  return port === undefined ? undefined : { port: requireCount('--port', port, 0, 65_535) };
}

/** Connects to where the user said, or to the one program that answers. */
async function attach({ address, timeout }: Arguments): Promise<ConsoleClient> {
  if (address !== undefined) {
    try {
      return await connectConsole(address, { timeout });
    } catch (error) {
      throw new UsageError(`nobody serves the console there: ${(error as Error).message}`, { cause: error });
    }
  }
  const found: { address: ConsoleAddress; client: ConsoleClient }[] = [];
  for (const candidate of listAddresses()) {
    const client = await connectConsole(candidate, { timeout }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') unlinkSync(candidate.path!); // its process was killed
    });
    if (client !== undefined) found.push({ address: candidate, client });
  }
  if (found.length === 1) return found[0]!.client;
  for (const { client } of found) client.close();
  if (found.length === 0) throw new UsageError('no program of this user serves the console; see --help');
  const names = found.map(({ address: { path } }) => /([^\\/]+)\.sock$/.exec(path!)?.[1]);
  throw new UsageError(`several programs serve the console: ${names.join(', ')}; say which`);
}

function renderOnce(answer: SnapshotAnswer, sort: string): string {
  const view = { ...FIRST_VIEW, sort };
  const tasks = visibleTasks(answer, view);
  const details = tasks.filter(({ warnings }) => warnings.length > 0).flatMap((task) => renderDetails(task));
  const runtimes = (answer.runtimes ?? []).flatMap((runtime) => ['', ...renderRuntime(runtime, runtime.tasks.length)]);
  const lines = [
    renderHead(answer),
    ...renderTable(tasks, view),
    ...(details.length > 0 ? ['', ...details] : []),
    ...runtimes,
  ];
  return lines.join('\n');
}

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (args === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  using client = await attach(args);
  if (args.mode === 'live') {
    if (!process.stdout.isTTY || !process.stdin.isTTY)
      throw new UsageError('this is no terminal: use --once or --json');
    const message = await runTerminal(client, { input: process.stdin, output: process.stdout }, args);
    if (message !== undefined) process.stdout.write(`${message}\n`);
    return;
  }
  if (args.gc && !(await client.collectGarbage()))
    process.stderr.write('its runtime cannot collect garbage on demand\n');
  const answer = await client.snapshot(args.limit);
  process.stdout.write(`${args.mode === 'json' ? JSON.stringify(answer) : renderOnce(answer, args.sort)}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`mini-exec-console: ${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
