import { type Task, task } from '../../src/tasks/task.ts';

export const loaded: Task<[], string, string> = task(import.meta, 'loaded', () => 'loaded');
