// The names of properties that have an instrumented accessor somewhere. Instrumented code keeps
// a flag for each name that it uses, so that reading a property that is none stays a read.

const names = new Set<PropertyKey>();
const flags = new Map<PropertyKey, ((isAccessor: boolean) => void)[]>();

/** The accessor names. */
export const properties = {
  /** Registers a flag that is to be set once the name belongs to an accessor. */
  watch(name: PropertyKey, flag: (isAccessor: boolean) => void): void {
    flags.set(name, [...(flags.get(name) ?? []), flag]);
    if (names.has(name)) flag(true);
  },
  /** Adds the name of an accessor. */
  add(name: PropertyKey): void {
    if (names.has(name)) return;
    names.add(name);
    for (const flag of flags.get(name) ?? []) flag(true);
  },
  has: (name: PropertyKey): boolean => names.has(name),
};
