import { serve } from '@concurrency-lab/runtime/worker';
import * as tasks from './tasks.ts';

serve(tasks);
