#!/usr/bin/env node
// compile-machines: compiles what tsc has put out, in place.

import { parseArgs } from 'node:util';
import { MachineCompileError } from './errors.ts';
import { compileFiles } from './files.ts';

const USAGE = `usage: compile-machines <file or folder>...

Compiles the machines that are written as generator functions, in place: in files, and in all .js, .mjs and .cjs files
below folders. Run it on what tsc has put out.`;

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});

if (values.help === true || positionals.length === 0) {
  console.log(USAGE);
  process.exitCode = values.help === true ? 0 : 1;
} else {
  try {
    for (const { file, machines } of await compileFiles(positionals)) {
      console.log(`${file}: ${machines} ${machines === 1 ? 'machine' : 'machines'}`);
    }
  } catch (error) {
    console.error(error instanceof MachineCompileError ? error.message : error);
    process.exitCode = 1;
  }
}
