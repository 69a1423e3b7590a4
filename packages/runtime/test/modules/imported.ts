import { type Task, task } from '../../src/tasks/task.ts';

export const imported: Task<[], string, string> = task(import.meta, 'imported', () => 'imported');
