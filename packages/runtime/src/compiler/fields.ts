// Variables that never live at the same wait share a field: a frame has room for 12 numbers, and expressions need
// many variables for a short while.

/**
 * Gives the fields of a frame, each with its variables. It is called by those that the author has named.
 *
 * @param together - the sets of variables that need a field each at the same time
 */
export function shareFields(
  kept: readonly string[],
  together: readonly ReadonlySet<string>[],
  isNamed: (name: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const shared: string[][] = [];
  for (const name of kept) {
    const sets = together.filter((set) => set.has(name));
    const free = shared.find((field) => !field.some((other) => sets.some((set) => set.has(other))));
    if (free === undefined) shared.push([name]);
    else free.push(name);
  }
  const isTaken = new Set(kept);
  const fields = new Map<string, readonly string[]>();
  for (const variables of shared) {
    let name = variables.filter(isNamed).join('/');
    for (let i = 1; name === '' || fields.has(name) || (isTaken.has(name) && !variables.includes(name)); i++)
      name = `$${i}`;
    fields.set(name, variables);
  }
  return fields;
}
