// Errors of system calls, with the properties that Node gives its own.

import { constants } from 'node:os';
import type { TcpAddress } from '../net/types.ts';
import { formatAddress } from './sockaddr.ts';

/** Reports a system call that failed, as Node does: by `code`, `errno` and `syscall`. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  /** Names the reason, such as `ECONNRESET`. */
  readonly code: string;
  /** Is the number of the reason, negative as in Node's errors. */
  readonly errno: number;
  /** Names the call, such as `read` or `connect`. */
  readonly syscall: string;
  /** Is the address that was to be connected to or listened on. */
  readonly address?: string;
  /** Is the port that goes with the address. */
  readonly port?: number;

  constructor(syscall: string, errno: number, at?: TcpAddress) {
    const code = codeOf(errno);
    super(at === undefined ? `${syscall} ${code}` : `${syscall} ${code} ${formatAddress(at)}`);
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
    if (at === undefined) return;
    this.address = at.host;
    this.port = at.port;
  }
}

function codeOf(errno: number): string {
  // Of two names for one number (EAGAIN, EWOULDBLOCK) the first is the usual one.
  const known = Object.entries(constants.errno).find(([, number]) => number === errno);
  return known?.[0] ?? `errno ${errno}`;
}
