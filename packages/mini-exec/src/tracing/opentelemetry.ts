// A span for each task, with its polls as events, for OpenTelemetry. The interfaces below are
// the parts of `@opentelemetry/api` 1.x that are used: its objects fit, and nothing of it is
// imported here.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { TaskEvent } from './events.ts';
import { subscribe, type SubscribeOptions, type Subscription } from './recorder.ts';
import type { TracedTask } from './task-record.ts';

/** Is what attributes are made of. */
export type OtelAttributes = Record<string, string | number | boolean>;

/** Is the part of OpenTelemetry's `Span` that is used. */
export interface OtelSpan {
  setAttributes(attributes: OtelAttributes): unknown;
  addEvent(name: string, attributes: OtelAttributes, time: number): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(exception: Error, time: number): void;
  end(time: number): void;
  isRecording(): boolean;
}

/** Is the part of OpenTelemetry's `Tracer` that is used. */
export interface OtelTracer<Span extends OtelSpan = OtelSpan, Context = unknown> {
  startSpan(name: string, options: { startTime: number; attributes: OtelAttributes }, context?: Context): Span;
}

/** Is the part of the module `@opentelemetry/api` that makes one span the parent of another. */
export interface OtelApi<Span extends OtelSpan = OtelSpan, Context = unknown> {
  readonly context: { active(): Context };
  readonly trace: { setSpan(context: Context, span: Span): Context };
}

/** Sets the spans up. */
export interface OtelOptions<Span extends OtelSpan, Context> extends SubscribeOptions {
  /**
   * Is the module `@opentelemetry/api`. With it, the span of a task that another task spawned
   * is a child of that one's; without it, of the span that is active where the task is spawned.
   */
  readonly api?: OtelApi<Span, Context> | undefined;
  /** Whether polls and wake-ups are recorded as events of the span; true where not given. */
  readonly events?: boolean | undefined;
}

/** Ends with `unsubscribe()` or `using`; spans of tasks that live then are not ended. */
export interface OtelSubscription<Span> extends Subscription {
  /** Gives the span of the task that is being polled, to make children of; undefined outside of polls. */
  readonly activeSpan: Span | undefined;
}

/** `SpanStatusCode.ERROR` of OpenTelemetry. */
const ERROR = 2;

/**
 * Makes an OpenTelemetry span of each task that is spawned from now on: from its spawn to its
 * end, with attributes for its counts, and an event for each poll and wake-up. A task that
 * throws sets the span's status and exception; one that is cancelled has the attribute
 * `task.outcome`, as all have.
 *
 * @throws {InvalidArgumentError} on anything but a tracer
 *
 * @example
 * ```ts
 * import { blockOn } from '@concurrency-lab/mini-exec';
 * import { type OtelSpan, traceToOpenTelemetry } from '@concurrency-lab/mini-exec/tracing';
 *
 * // In a program: import * as api from '@opentelemetry/api'; const tracer = api.trace.getTracer('tasks');
 * const log: string[] = [];
 * const span: OtelSpan = {
 *   setAttributes: (attributes) => log.push(`${attributes['task.polls']} poll`),
 *   addEvent: (name) => log.push(name),
 *   setStatus() {},
 *   recordException() {},
 *   end: () => log.push('end'),
 *   isRecording: () => true,
 * };
 * using tracing = traceToOpenTelemetry({ startSpan: () => span });
 * blockOn(function* () {});
 * log; // => ['poll', '1 poll', 'end']
 * ```
 */
export function traceToOpenTelemetry<Span extends OtelSpan, Context>(
  tracer: OtelTracer<Span, Context>,
  options: OtelOptions<Span, Context> = {},
): OtelSubscription<Span> {
  if (typeof (tracer as Partial<OtelTracer<Span, Context>> | null | undefined)?.startSpan !== 'function') {
    throw new InvalidArgumentError(`tracer must be a Tracer of OpenTelemetry, not ${describe(tracer)}`);
  }
  const spans = new Spans(tracer, options);
  const { unsubscribe } = subscribe((event) => spans.take(event), options);
  return {
    unsubscribe,
    [Symbol.dispose]: unsubscribe,
    get activeSpan() {
      return spans.active;
    },
  };
}

class Spans<Span extends OtelSpan, Context> {
  readonly #tracer: OtelTracer<Span, Context>;
  readonly #api: OtelApi<Span, Context> | undefined;
  readonly #events: boolean;
  /** Holds the spans of the tasks that live, by the tasks' ids. */
  readonly #spans = new Map<number, Span>();
  /** Holds those that are being polled: `blockOn` nests. */
  readonly #polled: (Span | undefined)[] = [];

  constructor(tracer: OtelTracer<Span, Context>, { api, events = true }: OtelOptions<Span, Context>) {
    this.#tracer = tracer;
    this.#api = api;
    this.#events = events;
  }

  get active(): Span | undefined {
    return this.#polled.at(-1);
  }

  take(event: TaskEvent): void {
    const span = this.#spans.get(event.task.id);
    if (event.type === 'spawn') this.#start(event.task);
    else if (event.type === 'poll-start') this.#polled.push(span);
    else if (event.type === 'poll-end') this.#polled.pop();
    if (span === undefined) return;
    if (event.type === 'complete') {
      this.#spans.delete(event.task.id);
      finish(span, event);
    } else if (this.#events && span.isRecording()) addEvent(span, event);
  }

  #start(task: TracedTask): void {
    const { id, name, executor, parent, location } = task;
    const attributes: OtelAttributes = { 'task.id': id, 'task.executor': executor };
    if (name !== undefined) attributes['task.name'] = name;
    if (location !== undefined) attributes['task.location'] = location;
    const parentSpan = parent === undefined ? undefined : this.#spans.get(parent);
    const context =
      this.#api !== undefined && parentSpan !== undefined
        ? this.#api.trace.setSpan(this.#api.context.active(), parentSpan)
        : undefined;
    const options = { startTime: sinceEpoch(task.spawnedAt), attributes };
    this.#spans.set(id, this.#tracer.startSpan(name ?? 'task', options, context));
  }
}

function addEvent(span: OtelSpan, event: TaskEvent): void {
  const time = sinceEpoch(event.time);
  if (event.type === 'wake') {
    const by = event.by === undefined ? {} : { 'wake.by': event.by.id };
    span.addEvent('wake', { 'wake.self': event.isSelfWake, ...by }, time);
  } else if (event.type === 'poll-end') {
    span.addEvent('poll', { 'poll.duration_ms': event.duration, 'poll.result': event.result }, time);
  }
}

function finish(span: OtelSpan, event: TaskEvent & { type: 'complete' }): void {
  const { task, outcome, error } = event;
  const time = sinceEpoch(event.time);
  span.setAttributes({
    'task.outcome': outcome,
    'task.polls': task.polls,
    'task.wakes': task.wakes,
    'task.self_wakes': task.selfWakes,
    'task.busy_ms': task.timeIn('running', event.time),
    'task.idle_ms': task.timeIn('idle', event.time),
  });
  if (outcome === 'panicked' && error instanceof Error) {
    span.recordException(error, time);
    span.setStatus({ code: ERROR, message: error.message });
  }
  span.end(time);
}

/** Turns a time of `performance.now()` into milliseconds since 1970, which OpenTelemetry takes. */
function sinceEpoch(time: number): number {
  return performance.timeOrigin + time;
}
