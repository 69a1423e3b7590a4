// Where consoles find programs: a local socket, below a folder that only its user may enter,
// named after the process; or a port of the loopback address.

import { describe, InvalidArgumentError, requireInteger } from '@concurrency-lab/atomics';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import type { ListenOptions, NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Is a path of a local socket (on Windows, of a named pipe), or a TCP port of this machine. */
export type ConsoleAddress =
  | { readonly path: string; readonly port?: undefined }
  | { readonly port: number; readonly path?: undefined };

const isWindows = process.platform === 'win32';

/** Gives the folder of the sockets; makes it, for this user alone. */
function socketFolder(): string {
  const user = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `mini-exec-console-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = lstatSync(folder);
  if (uid !== user || (mode & 0o077) !== 0) {
    throw new InvalidArgumentError(`${folder} must belong to this user, and to nobody else; remove it, or give a path`);
  }
  return folder;
}

/** Gives the address of a thread that was given none; `name` is `pid`, or `pid-thread` for other threads than the main. */
export function defaultAddress(name: string): ConsoleAddress {
  if (isWindows) return { path: `\\\\.\\pipe\\mini-exec-console-${name}` };
  return { path: join(socketFolder(), `${name}.sock`) };
}

/** Lists the addresses of programs that were given none, also of those that have ended. */
export function listAddresses(): ConsoleAddress[] {
  if (isWindows) return [];
  const folder = socketFolder();
  const names = readdirSync(folder).filter((name) => name.endsWith('.sock'));
  return names.toSorted().map((name) => ({ path: join(folder, name) }));
}

/** Returns what the sockets of `node:net` listen on or connect to; throws on an address that is none. */
export function requireConsoleAddress({ path, port }: ConsoleAddress): ListenOptions & NetConnectOpts {
  if ((path === undefined) === (port === undefined)) {
    throw new InvalidArgumentError('a console has either a path or a port');
  }
  if (port !== undefined) return { port: requireInteger('port', port, 0, 65_535), host: '127.0.0.1' };
  if (typeof path === 'string' && path.length > 0) return { path };
  throw new InvalidArgumentError(`path must be that of a local socket, not ${describe(path)}`);
}
