import { ThreadWorker } from 'poolifier';
import { tasks } from './tasks.mjs';

export const worker = new ThreadWorker(tasks);
