// The entry of its workers.
import { serve } from '@concurrency-lab/runtime/worker';
import * as tasks from './tasks.js';

serve(tasks);
