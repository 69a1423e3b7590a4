export { Interval, interval, type IntervalOptions, type MissedTicks } from './interval.ts';
export { sleep, sleepUntil } from './sleep.ts';
export { timeout } from './timeout.ts';
