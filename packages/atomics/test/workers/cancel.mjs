import { parentPort, workerData } from 'node:worker_threads';
import { CancelToken } from '@concurrency-lab/atomics';

parentPort.postMessage(CancelToken.from(workerData).cancel());
