// @ts-check

/** Begins the line with which a sample's process answers: some of the peers write to the console. */
export const MARK = '@@sample ';
