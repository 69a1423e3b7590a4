export { compileMachines, type CompiledModule, type CompileOptions, type SourceMapObject } from './compile.ts';
export { MachineCompileError, type Place } from './errors.ts';
export { type CompiledFile, compileFiles } from './files.ts';
export { esbuildMachines, type EsbuildMachinesPlugin, machines, type MachinesPlugin } from './plugins.ts';
