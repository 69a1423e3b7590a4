// Sends numbers for as long as it lives.
import { workerData } from 'node:worker_threads';
import { MpscSender } from '@concurrency-lab/runtime';

const sender = MpscSender.from(workerData.handle);
for (let i = 0; ; i++) sender.send(i);
