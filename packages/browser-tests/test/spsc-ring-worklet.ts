// The AudioWorklet of the ring's tests: plays what a worker feeds, and checks every sample. It
// counts what process() must never do, and reports once, at the end.

import { AudioConsumer, type AudioHandle } from '@concurrency-lab/spsc-ring';
import { sampleAt } from './spsc-ring-ramp.ts';

declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** What was played, and what went wrong. */
export interface Report {
  readonly frames: number;
  readonly silentBefore: number;
  readonly wrong: number;
  readonly underruns: number;
  readonly forbidden: number;
}

let forbidden = 0;
for (const name of ['notify', 'wait', 'waitAsync'] as const) {
  const original = Atomics[name] as (...args: unknown[]) => unknown;
  Object.defineProperty(Atomics, name, {
    value: (...args: unknown[]) => {
      forbidden++;
      return original(...args);
    },
  });
}

class Player extends AudioWorkletProcessor {
  readonly #consumer: AudioConsumer;
  #frames = 0;
  #silentBefore = 0;
  #wrong = 0;

  constructor({ processorOptions }: { processorOptions: { handle: AudioHandle<'consumer'> } }) {
    super();
    this.#consumer = AudioConsumer.from(processorOptions.handle);
    forbidden = 0; // counted from the first block on
  }

  process(_: unknown, [output]: Float32Array[][]): boolean {
    const consumer = this.#consumer;
    const count = consumer.play(output!);
    for (let i = 0; i < count; i++) {
      for (let channel = 0; channel < output!.length; channel++) {
        if (output![channel]![i] !== sampleAt(this.#frames + i, channel)) this.#wrong++;
      }
    }
    for (let i = count; i < output![0]!.length; i++) if (output![0]![i] !== 0) this.#wrong++;
    if (this.#frames === 0 && count === 0) this.#silentBefore++;
    this.#frames += count;
    if (!consumer.isClosed) return true;
    this.port.postMessage({
      frames: this.#frames,
      silentBefore: this.#silentBefore,
      wrong: this.#wrong,
      underruns: consumer.underruns,
      forbidden,
    } satisfies Report);
    return false;
  }
}

registerProcessor('player', Player);
