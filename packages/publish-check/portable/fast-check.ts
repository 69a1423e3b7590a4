export * from 'fast-check';
// oxlint-disable-next-line import/no-default-export -- as fast-check itself
export { default } from 'fast-check';
