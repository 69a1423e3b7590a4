// Where the instrumented code stands: every operation carries the number of its site.

/** Names a place in a source file. */
export interface SourceSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The text of the line. */
  readonly text: string;
}

const sites: SourceSite[] = [];

/** Registers the sites of a module; returns the number of the first. */
export function registerSites(file: string, table: readonly (readonly [number, number, string])[]): number {
  const first = sites.length;
  for (const [line, column, text] of table) sites.push({ file, line, column, text });
  return first;
}

/** Finds a site by its number. */
export function siteOf(number: number): SourceSite | undefined {
  return sites[number];
}
