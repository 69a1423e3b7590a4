import { serve } from '@concurrency-lab/runtime/worker';
import * as tasks from './runtime-tasks.ts';

serve(tasks);
