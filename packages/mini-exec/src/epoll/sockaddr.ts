// Addresses as the system wants them: `struct sockaddr_in` and `sockaddr_in6`. The family is
// in the byte order of the machine, port and address in that of the network.

import { isIP } from 'node:net';
import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { TcpAddress } from '../net/types.ts';
import { AF_INET, AF_INET6 } from './linux.ts';

/** Is long enough for every address that occurs. */
export const SOCKADDR_BYTES = 28;
const SOCKADDR_IN_BYTES = 16;

/** Gives the address family of encoded bytes. */
export function familyOf(bytes: Uint8Array<ArrayBuffer>): number {
  return new Uint16Array(bytes.slice(0, 2).buffer)[0]!;
}

/**
 * Encodes an address.
 *
 * @throws {InvalidArgumentError} on a host that is neither an IP address nor `localhost`
 */
export function encodeAddress({ host, port }: TcpAddress): Uint8Array<ArrayBuffer> {
  const literal = host === 'localhost' ? '127.0.0.1' : host;
  const version = typeof literal === 'string' ? isIP(literal) : 0;
  if (version === 0) {
    throw new InvalidArgumentError(
      `host must be an IPv4 or IPv6 address or "localhost", not ${describe(host)}: ` +
        'looking a name up would block the reactor; do it before, with node:dns',
    );
  }
  const bytes = new Uint8Array(version === 4 ? SOCKADDR_IN_BYTES : SOCKADDR_BYTES);
  bytes.set(new Uint8Array(Uint16Array.of(version === 4 ? AF_INET : AF_INET6).buffer));
  bytes[2] = port >> 8;
  bytes[3] = port & 255;
  if (version === 4) bytes.set(literal.split('.').map(Number), 4);
  else encodeIPv6(literal, bytes);
  return bytes;
}

function encodeIPv6(text: string, bytes: Uint8Array<ArrayBuffer>): void {
  const [literal = '', zone] = text.split('%');
  if (zone !== undefined) new Uint32Array(bytes.buffer, 24, 1)[0] = requireZone(zone, text);
  const [head = '', tail] = literal.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  before.forEach((group, i) => setGroup(bytes, i, group));
  after.forEach((group, i) => setGroup(bytes, 8 - after.length + i, group));
}

function setGroup(bytes: Uint8Array<ArrayBuffer>, index: number, group: number): void {
  bytes[8 + 2 * index] = group >> 8;
  bytes[9 + 2 * index] = group & 255;
}

/** Splits into groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return Number.parseInt(group, 16);
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

function requireZone(zone: string, host: string): number {
  const index = Number(zone);
  if (Number.isInteger(index) && index >= 0) return index;
  throw new InvalidArgumentError(
    `the zone of an IPv6 address must be the number of its interface, not ${describe(host)}`,
  );
}

/** Decodes an address that the system has written. */
export function decodeAddress(bytes: Uint8Array<ArrayBuffer>): TcpAddress {
  const port = (bytes[2]! << 8) | bytes[3]!;
  if (familyOf(bytes) === AF_INET) return { host: bytes.subarray(4, 8).join('.'), port };
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[8 + 2 * i]! << 8) | bytes[9 + 2 * i]!).toString(16));
  // The URL parser knows the canonical form.
  return { host: new URL(`tcp://[${groups.join(':')}]`).hostname.slice(1, -1), port };
}

/** Writes an address as URLs and error messages do. */
export function formatAddress({ host, port }: TcpAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
