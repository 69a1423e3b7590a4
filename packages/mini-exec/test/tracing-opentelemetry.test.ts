// Spans for OpenTelemetry, on a fake of the interfaces that `@opentelemetry/api` documents
// (Tracer.startSpan, Span, context.active, trace.setSpan). The SDK itself is not installed
// here, and is not run by these tests.

import { describe, expect, it } from 'vitest';
import { blockOn, LocalExecutor, yieldNow } from '../src/index.ts';
import { type OtelAttributes, type OtelSpan, traceToOpenTelemetry } from '../src/tracing/index.ts';
import { Probe } from './probe.ts';

class FakeSpan implements OtelSpan {
  readonly name: string;
  readonly attributes: OtelAttributes;
  readonly startTime: number;
  readonly parent: FakeSpan | undefined;
  readonly events: { name: string; attributes: OtelAttributes; time: number }[] = [];
  readonly exceptions: Error[] = [];
  status = { code: 0 } as { code: number; message?: string };
  endTime: number | undefined;
  recording = true;

  constructor(
    name: string,
    options: { startTime: number; attributes: OtelAttributes },
    context: FakeContext | undefined,
  ) {
    this.name = name;
    this.attributes = { ...options.attributes };
    this.startTime = options.startTime;
    this.parent = context?.span;
  }

  setAttributes(attributes: OtelAttributes): this {
    Object.assign(this.attributes, attributes);
    return this;
  }

  addEvent(name: string, attributes: OtelAttributes, time: number): this {
    expect(this.endTime).toBeUndefined();
    this.events.push({ name, attributes, time });
    return this;
  }

  setStatus(status: { code: number; message?: string }): this {
    this.status = status;
    return this;
  }

  recordException(exception: Error): void {
    this.exceptions.push(exception);
  }

  end(time: number): void {
    expect(this.endTime).toBeUndefined();
    this.endTime = time;
  }

  isRecording(): boolean {
    return this.recording && this.endTime === undefined;
  }
}

interface FakeContext {
  readonly span: FakeSpan | undefined;
}

class FakeTracer {
  readonly spans: FakeSpan[] = [];
  active: FakeContext = { span: undefined };
  readonly api = {
    context: { active: () => this.active },
    trace: { setSpan: (_: FakeContext, span: FakeSpan): FakeContext => ({ span }) },
  };

  startSpan(name: string, options: { startTime: number; attributes: OtelAttributes }, context?: FakeContext): FakeSpan {
    const span = new FakeSpan(name, options, context ?? this.active);
    this.spans.push(span);
    return span;
  }
}

it('refuses what is no tracer', () => {
  expect(() => traceToOpenTelemetry({} as never)).toThrow('tracer must be a Tracer of OpenTelemetry, not an object');
});

describe('the span of a task', () => {
  it('begins with its spawn, ends with it, and has its polls and wake-ups as events', () => {
    const tracer = new FakeTracer();
    using _ = traceToOpenTelemetry(tracer);
    const before = Date.now();
    const executor = new LocalExecutor();
    const probe = new Probe();
    const task = executor.spawn(probe, { name: 'probe' });
    executor.tryTick();
    probe.resolve();
    executor.tryTick();
    const [span] = tracer.spans;
    expect(tracer.spans.length).toBe(1);
    expect(span!.name).toBe('probe');
    expect(span!.attributes).toMatchObject({
      'task.id': task.id,
      'task.name': 'probe',
      'task.executor': expect.any(Number) as unknown,
      'task.location': expect.stringContaining('tracing-opentelemetry.test.') as unknown,
      'task.outcome': 'value',
      'task.polls': 2,
      'task.wakes': 1,
      'task.self_wakes': 0,
    });
    expect(span!.events.map(({ name }) => name)).toEqual(['poll', 'wake', 'poll']);
    expect(span!.events[0]!.attributes).toMatchObject({ 'poll.result': 'pending' });
    expect(span!.events[1]!.attributes).toEqual({ 'wake.self': false });
    const times = [span!.startTime, ...span!.events.map(({ time }) => time), span!.endTime!];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // Milliseconds since 1970; the two clocks may differ by what the system's was set since.
    expect(Math.abs(span!.startTime - before)).toBeLessThan(60_000);
    expect(span!.status.code).toBe(0);
  });

  it('is that of a failure when the task throws, and not when it is cancelled', () => {
    const tracer = new FakeTracer();
    using _ = traceToOpenTelemetry(tracer);
    const executor = new LocalExecutor({ unhandledPanic: 'ignore' });
    // oxlint-disable-next-line require-yield
    executor.spawn(function* () {
      throw new Error('oh');
    });
    executor.spawn(new Probe()).abort();
    while (executor.tryTick());
    const [failed, cancelled] = tracer.spans;
    expect(failed!.status).toEqual({ code: 2, message: 'the task panicked: oh' });
    expect(failed!.exceptions.map(({ name }) => name)).toEqual(['JoinError']);
    expect(failed!.attributes['task.outcome']).toBe('panicked');
    expect(cancelled!.status.code).toBe(0);
    expect(cancelled!.attributes['task.outcome']).toBe('cancelled');
    expect(cancelled!.endTime).toBeDefined();
  });

  it('is a child of the span of the task that spawned it, with the API', () => {
    const tracer = new FakeTracer();
    using tracing = traceToOpenTelemetry(tracer, { api: tracer.api });
    const executor = new LocalExecutor();
    const active: unknown[] = [tracing.activeSpan];
    executor.spawn(function* () {
      active.push(tracing.activeSpan);
      executor.spawn(yieldNow(), { name: 'child' });
      yield* yieldNow();
    });
    while (executor.tryTick());
    active.push(tracing.activeSpan);
    const [parent, child] = tracer.spans;
    expect(child!.name).toBe('child');
    expect(child!.parent).toBe(parent);
    expect(parent!.parent).toBeUndefined();
    expect(active).toEqual([undefined, parent, undefined]);
  });

  it('is a child of the span that is active where it is spawned, otherwise', () => {
    const tracer = new FakeTracer();
    using _ = traceToOpenTelemetry(tracer);
    const request = new FakeSpan('request', { startTime: 0, attributes: {} }, undefined);
    tracer.active = { span: request };
    // oxlint-disable-next-line require-yield
    blockOn(function* () {
      blockOn(function* () {});
    });
    expect(tracer.spans.map(({ parent }) => parent)).toEqual([request, request]);
  });

  it('has no events where they are not wanted, or the span is not recorded', () => {
    const tracer = new FakeTracer();
    {
      using _ = traceToOpenTelemetry(tracer, { events: false });
      blockOn(yieldNow());
    }
    using _ = traceToOpenTelemetry({
      startSpan: (name, options, context?: FakeContext) => {
        const span = tracer.startSpan(name, options, context);
        span.recording = false;
        return span;
      },
    });
    blockOn(yieldNow());
    expect(tracer.spans.map(({ events }) => events.length)).toEqual([0, 0]);
    expect(tracer.spans.every(({ endTime }) => endTime !== undefined)).toBe(true);
  });

  it('is not made for tasks that were there before, nor after the end', () => {
    const tracer = new FakeTracer();
    const executor = new LocalExecutor();
    const probe = new Probe();
    executor.spawn(probe);
    executor.tryTick();
    const tracing = traceToOpenTelemetry(tracer);
    probe.resolve();
    executor.tryTick();
    tracing.unsubscribe();
    blockOn(yieldNow());
    expect(tracer.spans).toEqual([]);
  });
});
