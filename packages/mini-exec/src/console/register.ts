// Serves the console if the environment asks for it:
//
//   MINI_EXEC_CONSOLE=1 node --import @concurrency-lab/mini-exec/console/register program.js
//
// The value is a port, a path, or 1 for a socket of the process below the temporary folder,
// where `mini-exec-console` finds it. Each thread of the process has its own: on a path with
// the thread's number behind it; a port is the main thread's, and the others take a socket.

import { isMainThread, threadId } from 'node:worker_threads';
import { serveConsole, type ServeOptions } from './server.ts';

const wanted = process.env['MINI_EXEC_CONSOLE'];
if (wanted !== undefined && wanted !== '') {
  serveConsole(optionsOf(wanted)).catch((error: unknown) => {
    process.emitWarning(`MINI_EXEC_CONSOLE=${wanted}: ${String(error)}`); // the program goes on without
  });
}

function optionsOf(value: string): ServeOptions {
  if (value === '1') return {};
  if (/^\d+$/.test(value)) return isMainThread ? { port: Number(value) } : {};
  return { path: isMainThread ? value : `${value}-${threadId}` };
}
