export { Consumer, type ConsumerHandle } from './consumer.ts';
export type { ArrayOf, ElementArrays, ElementOf, RingKind } from './elements.ts';
export { SideTakenError } from './errors.ts';
export type { RingOptions } from './memory.ts';
export { Producer, type ProducerHandle } from './producer.ts';
export { type Sides, SpscRing } from './ring.ts';
export type { OpenOptions, SideHandle } from './side.ts';
export type { Span } from './span.ts';
