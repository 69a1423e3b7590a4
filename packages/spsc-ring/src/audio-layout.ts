// The memory of an audio ring: control words, then frames, each with a sample of every channel.
//
//   | frame 0: left right | frame 1: left right | ...
//
// The cursors count frames. The ring is realtime in the sense of control.ts: nobody is ever
// woken, and who waits looks again every millisecond; so an audio thread makes no system call.

import {
  defineLayout,
  defineStructure,
  describe,
  InvalidArgumentError,
  InvalidHandleError,
  type Region,
  requireInteger,
} from '@concurrency-lab/atomics';
import { CONTROL, MOST_SLOTS } from './control.ts';
import { readCapacity, requireOptions, type RingSideHandle, type Side, writeControl } from './control-memory.ts';

const BASE = CONTROL.byteLength >> 2;
const LAYOUT = defineLayout({
  channels: 'int32', // samples in a frame; written at creation
  prefill: 'int32', // frames that playing waits for; written at creation
  dropped: { kind: 'int32', isolated: true }, // frames that did not fit, wrapping; the producer writes it
  missing: { kind: 'int32', isolated: true }, // frames that were not there, wrapping; the consumer writes it
  samples: { kind: 'float32', isolated: true },
});
const SAMPLES_BYTE = CONTROL.byteLength + LAYOUT.byteOffset.samples;
const AUDIO = defineStructure({
  kind: 'audio-ring',
  version: 1,
  byteLength: SAMPLES_BYTE,
  byteAlignment: CONTROL.byteAlignment,
});

/** Gives what a ring's memory must begin at a multiple of. */
export const BYTE_ALIGNMENT: number = CONTROL.byteAlignment;

const CHANNELS = BASE + LAYOUT.index.channels;
const PREFILL = BASE + LAYOUT.index.prefill;
const SLOTS = CONTROL.index.slots;
/** The word that counts frames that did not fit. */
export const DROPPED: number = BASE + LAYOUT.index.dropped;
/** The word that counts frames that were not there. */
export const MISSING: number = BASE + LAYOUT.index.missing;

/** Names one side of an {@link AudioRing} to another thread. */
export type AudioHandle<S extends Side = Side> = RingSideHandle<'audio-ring', S>;

/** An audio ring as a side needs it. */
export interface AudioMemory {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly samples: Float32Array<SharedArrayBuffer>;
  readonly region: Region<'audio-ring'>;
  readonly channels: number;
  readonly frames: number;
  readonly prefill: number;
}

/** Holds the options of {@link AudioRing}. */
export interface AudioRingOptions {
  /** How many channels a frame has, 1 to 64. */
  readonly channels: number;
  /** How many frames the ring holds, 2 to 2^24. */
  readonly frames: number;
  /** How many frames must be there before {@link AudioConsumer.play} begins; 1 where not given. */
  readonly prefill?: number | undefined;
}

const MOST_CHANNELS = 64;
const MOST_FRAMES = 2 ** 24;
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Computes the bytes of a ring.
 *
 * @throws {InvalidArgumentError} on an option out of range
 */
export function byteLengthOf(options: AudioRingOptions): number {
  requireOptions('an audio ring', options);
  const { channels, frames, prefill = 1 } = options;
  requireInteger('channels', channels, 1, MOST_CHANNELS);
  requireInteger('frames', frames, 2, MOST_FRAMES);
  requireInteger('prefill', prefill, 1, frames);
  const bytes = SAMPLES_BYTE + Math.ceil((4 * channels * frames) / BYTE_ALIGNMENT) * BYTE_ALIGNMENT;
  if (bytes <= MOST_BYTES) return bytes;
  throw new InvalidArgumentError(
    `frames must be fewer: ${frames} of ${channels} channels take ${bytes} bytes, and a ring may take ${MOST_BYTES}`,
  );
}

/** Places a ring, in memory of its own or in the caller's. */
export function place(
  options: AudioRingOptions,
  ...at: [] | [buffer: SharedArrayBuffer, byteOffset: number]
): AudioMemory {
  const byteLength = byteLengthOf(options);
  const region = at.length === 0 ? AUDIO.create(byteLength) : AUDIO.at(...at, byteLength);
  const { words } = region;
  const { channels, frames, prefill = 1 } = options;
  words[CHANNELS] = channels; // C3
  words[PREFILL] = prefill; // C3
  writeControl(words, {
    capacity: frames,
    slots: frames,
    publishEvery: 1,
    lookEvery: 0,
    freeEvery: 1,
    spins: 0,
    realtime: true,
  });
  return memoryOf(region);
}

/** Opens the ring that the handle of a side names. */
export function openAudio(handle: AudioHandle, side: Side): AudioMemory {
  const region = AUDIO.from(handle);
  const frames = readCapacity(region, handle, side);
  const { words } = region;
  const isWhole =
    words[SLOTS] === frames && // C3
    frames <= MOST_SLOTS &&
    words[CHANNELS]! > 0 && // C3
    SAMPLES_BYTE + 4 * words[CHANNELS]! * frames <= region.byteLength; // C3
  if (!isWhole) throw new InvalidHandleError(`the audio ring at byte ${region.byteOffset} has damaged control words`);
  return memoryOf(region);
}

function memoryOf(region: Region<'audio-ring'>): AudioMemory {
  const { words, buffer, byteOffset } = region;
  const channels = words[CHANNELS]!; // C3
  const frames = words[SLOTS]!; // C3
  const prefill = words[PREFILL]!; // C3
  const samples = new Float32Array(buffer, byteOffset + SAMPLES_BYTE, channels * frames);
  return { words, samples, region, channels, frames, prefill };
}

/** Throws unless there is an array for each channel, each as long as `end`. */
export function requireChannels(channels: readonly Float32Array[], count: number, end: number): void {
  if (channels?.length !== count) {
    throw new InvalidArgumentError(
      `there must be one Float32Array for each of the ${count} channels, not ${describe(channels?.length ?? channels)}`,
    );
  }
  for (let c = 0; c < count; c++) {
    const channel = channels[c];
    if (channel?.length === undefined) {
      throw new InvalidArgumentError(
        `there must be one Float32Array for each of the ${count} channels, not ${describe(channel)} for channel ${c}`,
      );
    }
    if (channel.length < end) {
      throw new InvalidArgumentError(`the array of channel ${c} has ${channel.length} samples; ${end} are needed`);
    }
  }
}

/** Counts the frames in interleaved samples; throws on what is no Float32Array, or holds no whole number of them. */
export function framesIn(samples: Float32Array, channels: number): number {
  // They may come from another realm: then their tag tells.
  if (!(samples instanceof Float32Array) && Object.prototype.toString.call(samples) !== '[object Float32Array]') {
    throw new InvalidArgumentError(`interleaved samples must be a Float32Array, not ${describe(samples)}`);
  }
  const frames = samples.length / channels;
  if (Number.isInteger(frames)) return frames;
  throw new InvalidArgumentError(`${samples.length} samples are no whole number of frames of ${channels} channels`);
}
