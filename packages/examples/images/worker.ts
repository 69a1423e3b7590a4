// Where the workers begin: Vite finds this file by the `new Worker(new URL(…))` of page.ts.

import { serve } from '@concurrency-lab/runtime/worker';
import * as tasks from './tasks.ts';

serve(tasks);
