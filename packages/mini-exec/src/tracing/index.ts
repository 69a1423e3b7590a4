export { CHANNELS, enableTracing, type PollMessage } from './diagnostics-channel.ts';
export type {
  CompleteEvent,
  PollEndEvent,
  PollStartEvent,
  SpawnEvent,
  TaskEvent,
  TaskListener,
  WakeEvent,
  WakerDropEvent,
  WakerTakeEvent,
} from './events.ts';
export { type MonitorOptions, type Snapshot, TaskMonitor, type TaskSnapshot } from './monitor.ts';
export {
  type OtelApi,
  type OtelAttributes,
  type OtelOptions,
  type OtelSpan,
  type OtelSubscription,
  type OtelTracer,
  traceToOpenTelemetry,
} from './opentelemetry.ts';
export { subscribe, type SubscribeOptions, type Subscription } from './recorder.ts';
export {
  type RuntimeSnapshot,
  runtimeSnapshots,
  type RuntimeSource,
  type RuntimeTaskSnapshot,
  type RuntimeWorkerSnapshot,
} from './runtimes.ts';
export type { TaskOutcome, TaskState, TracedTask } from './task-record.ts';
export type { TaskWarning, WarningKind, WarningThresholds } from './warnings.ts';
