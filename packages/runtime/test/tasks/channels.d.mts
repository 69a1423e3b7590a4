import type { ReceiverHandle, SenderHandle } from '@concurrency-lab/oneshot';
import type { MutexHandle, SemaphoreHandle } from '@concurrency-lab/spinlock';
import type { MpscReceiverHandle, MpscSenderHandle, NotifyHandle, Task } from '../../src/index.ts';

export declare const answer: Task<[sender: SenderHandle, n: number], void>;
export declare const ask: Task<[receiver: ReceiverHandle], number>;
export declare const produce: Task<[handle: MpscSenderHandle, count: number], void>;
export declare const consume: Task<[handle: MpscReceiverHandle, count: number], number>;
export declare const relay: Task<[mine: NotifyHandle, next: NotifyHandle, how: 'promise' | 'block'], string>;
export declare const relayInCoroutine: Task<[mine: NotifyHandle, next: NotifyHandle], string>;
export declare const inside: Task<[handle: SemaphoreHandle, words: Int32Array], void>;
export declare const increment: Task<[handle: MutexHandle, words: Int32Array], void>;
export declare const pipeline: Task<[sender: MpscSenderHandle, receiver: MpscReceiverHandle, count: number], number>;
