// The program that servers run: takes what to run as JSON, writes the report into a file, and
// before each test its name, so that one that ends the process is known.
//
//   node portable/main.js '{"files":[…],"runs":100,"seed":1,"timeout":30000,"report":"report.json"}'

import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { run, type RunOptions } from './run.ts';

const { report, ...options } = JSON.parse(process.argv[2]!) as RunOptions & { readonly report: string };
const result = await run(options, (test) => writeFileSync(report, JSON.stringify({ during: test })));
writeFileSync(report, JSON.stringify(result));
process.exit(); // whatever a test has left behind
