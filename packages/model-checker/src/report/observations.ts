// What was observed, by places in the source.

import { sitesOf, type EdgeKind, type Observations } from '../engine/observations.ts';
import { siteOf, type SourceSite } from '../runtime/sites.ts';

/** Says that one access happened before another of another thread, because of the two. */
export interface SynchronisedSites {
  /** An atomic write, or a notify. */
  readonly from: SourceSite;
  /** The atomic read that `reads` what was written, or the wait that the notify `wakes`. */
  readonly to: SourceSite;
  readonly kind: EdgeKind;
}

/** Lists the lines that accessed shared memory. */
export function listAccesses({ accesses }: Observations): SourceSite[] {
  return [...accesses].map(siteOf).filter((site) => site !== undefined);
}

/** Lists the pairs of lines that synchronised. */
export function listEdges(observations: Observations): SynchronisedSites[] {
  return (['reads', 'wakes'] as const).flatMap((kind) =>
    [...observations[kind]].flatMap((pair) => {
      const { from, to } = sitesOf(pair);
      const [source, target] = [siteOf(from), siteOf(to)];
      return source === undefined || target === undefined ? [] : [{ from: source, to: target, kind }];
    }),
  );
}
