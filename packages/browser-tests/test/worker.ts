// The worker side of the tests: does what the page asks for, one message at a time.

import { CancelToken, type CancelTokenHandle, canBlock, park, unpark } from '@concurrency-lab/atomics';

/** What the page may ask for. */
export type Request =
  | { readonly kind: 'canBlock' }
  | { readonly kind: 'change'; readonly words: Int32Array<SharedArrayBuffer>; readonly value: number }
  | { readonly kind: 'park'; readonly words: Int32Array<SharedArrayBuffer> }
  | { readonly kind: 'loop'; readonly handle: CancelTokenHandle };

function answer(request: Request): unknown {
  if (request.kind === 'canBlock') return canBlock();
  if (request.kind === 'park') return park(request.words, 0, 0, { timeout: 100_000 });
  if (request.kind === 'change') {
    Atomics.store(request.words, 0, request.value);
    return unpark(request.words, 0);
  }
  const token = CancelToken.from(request.handle);
  while (!token.isCancelled);
  return 'cancelled';
}

addEventListener('message', ({ data }: MessageEvent<Request>) => postMessage(answer(data)));
