/** Reports code that the checker cannot run step by step; the message names the file, the line and what it found. */
export class InstrumentationError extends Error {
  override readonly name = 'InstrumentationError';
  readonly code = 'ERR_NOT_INSTRUMENTABLE';
  readonly file: string;
  readonly line: number;

  constructor(what: string, file: string, line: number, column: number, text: string) {
    super(`${file}:${line}:${column}: the model checker cannot run ${what} step by step\n    ${text}`);
    this.file = file;
    this.line = line;
  }
}
