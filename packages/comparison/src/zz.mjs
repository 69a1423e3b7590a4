import { Runtime } from '@concurrency-lab/runtime';
import { forkFib } from './runtime/workers/runtime.mjs';
const rt = Runtime.builder().workerThreads(2).workerOptions({execArgv: process.argv[2] ? ['--cpu-prof','--cpu-prof-dir=/tmp/h/exp/prof','--cpu-prof-interval','200'] : []}).build();
await rt.spawn(forkFib,20,10);
for (let k=0;k<5;k++){ const s=performance.now(); for (let i=0;i<200;i++) await rt.spawn(forkFib,20,10); console.log((200*287/(performance.now()-s)).toFixed(0),'k tasks/s'); }
console.log(rt.metrics().workers.map(w=>JSON.stringify(w)).join('\n'));
await rt.shutdown();
