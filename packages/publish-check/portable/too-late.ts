/** Is the error of a test that is known to fail, and has not done so in the time it gets for that. */
export const TOO_LATE = 'it did not end in time, as was to be expected';
