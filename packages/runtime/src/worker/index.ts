export { serve } from './serve.ts';
export type { TaskModule } from '../tasks/load-task.ts';
