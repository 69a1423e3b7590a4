// Polls machines on one worker. The frame lies in the payload of the slot between polls, and in
// an object during one.

import { Pending, type Poll } from '@concurrency-lab/mini-exec';
import { beginPolling, endPoll } from '../scheduler/machine-slot.ts';
import { type RuntimeMemory, SLOT } from '../scheduler/memory.ts';
import { IDLE, READY } from '../scheduler/slot.ts';
import type { Task } from '../tasks/task.ts';
import { Children, type ChildrenHost } from './children.ts';
import { type AnyProgram, programOf } from './machine.ts';
import { PollContext, type PollHost } from './poll-context.ts';

/** Is what a runner needs of its worker. */
export interface RunnerHost extends ChildrenHost, PollHost {
  /** Queues a slot behind all others. */
  queueLast(slot: number): void;
  /** Keeps a machine on this worker until something has come. */
  holdUntil(slot: number, at: number, needed: Promise<unknown>, then: () => void): void;
  succeed(slot: number, at: number, value: unknown): void;
  fail(slot: number, at: number, error: unknown): void;
  abort(slot: number, at: number): void;
}

/** Runs machines from one wait to the next. */
export class MachineRunner {
  readonly #host: RunnerHost;
  readonly #memory: RuntimeMemory;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #children: Children;

  constructor(host: RunnerHost) {
    this.#host = host;
    this.#memory = host.memory;
    this.#words = host.memory.words;
    this.#children = new Children(host);
  }

  /** Begins a machine that was claimed, with its arguments, and polls it. */
  begin(slot: number, at: number, task: Task, args: unknown[]): void {
    const program = programOf(task);
    const frame = program.newFrame();
    program.begin(frame, ...args);
    if (beginPolling(this.#memory, at, this.#host.seat)) this.#poll(slot, at, program, frame);
    else this.#host.abort(slot, at);
  }

  /** Polls a machine that was claimed as READY. */
  resume(slot: number, at: number, task: Task): void {
    const program = programOf(task);
    const frame: Record<string, unknown> = {};
    const values = this.#host.payloads.take(this.#memory.payloadAt(at), this.#words[at + SLOT.tag]!) as unknown[]; // ORDERING(S12): plain, observed by S2.
    for (const [i, field] of program.fields.entries()) frame[field] = values[i];
    this.#poll(slot, at, program, frame);
  }

  /** Gives back a machine that was claimed as READY, and cannot be polled yet; false where it was asked to end meanwhile. */
  putBack(at: number): boolean {
    return endPoll(this.#memory, at, this.#host.seat, READY) === READY;
  }

  /** Is called before the outcome of any task is written: a machine leaves the tasks that it has not joined. */
  leave(slot: number, at: number): void {
    this.#children.leave(slot, at);
  }

  #poll(slot: number, at: number, program: AnyProgram, frame: Record<string, unknown>): void {
    const cx = new PollContext(this.#host, this.#children, slot);
    let polled: Poll<unknown>;
    try {
      polled = program.poll(frame, cx);
      if (polled === Pending) {
        this.#children.requireTaken(slot);
        this.#save(at, program, frame);
      }
    } catch (error) {
      this.#host.fail(slot, at, error);
      return;
    } finally {
      cx.end();
    }
    if (polled !== Pending) {
      this.#host.succeed(slot, at, polled);
    } else if (cx.needs !== undefined) {
      // What comes to this thread is of no use on another.
      this.#host.holdUntil(slot, at, cx.needs, () => this.#poll(slot, at, program, frame));
    } else {
      const state = endPoll(this.#memory, at, this.#host.seat, cx.isYielding ? READY : IDLE);
      if (state === READY) this.#host.queueLast(slot);
      else if (state !== IDLE) this.#host.abort(slot, at);
    }
  }

  #save(at: number, { fields }: AnyProgram, frame: Record<string, unknown>): void {
    const values = fields.map((field) => frame[field]);
    this.#words[at + SLOT.tag] = this.#host.payloads.putFrame(this.#memory.payloadAt(at), values, fields); // S12: plain, published by W2.
  }
}
