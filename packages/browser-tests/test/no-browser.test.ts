import { it } from 'vitest';

// oxlint-disable-next-line vitest/no-disabled-tests -- runs only where there is no browser, to say so
it.skip('the browser tests need Chromium: install it, or name its binary in CHROMIUM', () => {});
