// The worker side of the one-shot tests: does one thing that the page asks for.

import { oneshot, Receiver, type ReceiverHandle, Sender, type SenderHandle } from '@concurrency-lab/oneshot';

/** What the page may ask for. */
export type OneshotRequest =
  | { readonly kind: 'send' | 'close'; readonly handle: SenderHandle }
  | { readonly kind: 'receive'; readonly handle: ReceiverHandle }
  | { readonly kind: 'ask' };

const VALUE = { text: 'grüße 😀', long: '漢'.repeat(200), map: new Map([[1n, new Uint8Array([1, 2])]]) };

function handle(request: OneshotRequest): void {
  if (request.kind === 'send') Sender.from<unknown>(request.handle).send(VALUE);
  else if (request.kind === 'close') Sender.from(request.handle).close();
  else if (request.kind === 'receive') {
    const receiver = Receiver.from<number>(request.handle);
    postMessage('receiving');
    try {
      receiver.receive();
    } catch {
      // revoked before the worker has stopped
    }
  } else {
    const [reply, answer] = oneshot<number>();
    postMessage({ number: 21, reply: reply.handle });
    postMessage(answer.receive({ timeout: 100_000 }));
  }
}

addEventListener('message', ({ data }: MessageEvent<OneshotRequest>) => handle(data));
