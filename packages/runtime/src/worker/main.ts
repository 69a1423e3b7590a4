// The entry of this package's own workers, which import the modules of tasks by their URLs.

import { serve } from './serve.ts';

serve();
