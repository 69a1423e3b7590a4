// Answers each message of a batch of its own accord, as one writes it by hand.

import { parentPort } from 'node:worker_threads';
import { tasks } from './tasks.mjs';

parentPort.on('message', ({ id, task, value }) => parentPort.postMessage({ id, value: tasks[task](value) }));
