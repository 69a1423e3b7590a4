// The delay server of the textbook: `GET /250/hello` is answered with "hello", after 250 ms.
//
// Source: the `delayserver` of "Asynchronous Programming in Rust" (Carl Fredrik Samson).

import type { Coroutine } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';
import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';

/** Answers with the message, after the delay. */
export function* delayed({ target }: Request): Coroutine<Response> {
  const match = /^\/(\d{1,5})\/([\w-]{1,64})$/.exec(target);
  if (match === null) return { status: 400, body: 'ask for /<milliseconds>/<message>\n' };
  const [, milliseconds = '', message = ''] = match;
  yield* sleep(Number(milliseconds));
  return { status: 200, body: message };
}
