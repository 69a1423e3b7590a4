// The AudioWorklet side: reports what the packages find out about this, the barest of threads.

import { CancelToken, type CancelTokenHandle, canBlock, park } from '@concurrency-lab/atomics';

declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class Probe extends AudioWorkletProcessor {
  #token: CancelToken | undefined;

  constructor() {
    super();
    this.port.addEventListener('message', ({ data }: MessageEvent<CancelTokenHandle>) => {
      this.#token = CancelToken.from(data);
      this.port.postMessage({ canBlock: canBlock(), park: attempt(() => park(words(), 0, 0)) });
    });
    this.port.start();
  }

  process(): boolean {
    if (this.#token?.isCancelled !== true) return true;
    this.port.postMessage({ cancelled: true });
    return false;
  }
}

function words(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4));
}

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

registerProcessor('probe', Probe);
