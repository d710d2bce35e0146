import * as fc from 'fast-check';
import { descriptors } from './descriptors.js';
import { listings, openDirectories } from './directories.js';
import { handles } from './handles.js';
import { ownLinks } from './links.js';
import { changes, links, looks } from './paths.js';
import type { Operation } from './program.js';
import { refusals } from './refusals.js';
import { streams } from './streams.js';

const change = fc.oneof(...changes);

const withLinks = (arbitrary: fc.Arbitrary<Operation>, weight: number): fc.Arbitrary<Operation> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.oneof(...looks) },
    { weight: 6, arbitrary: change },
    { weight, arbitrary },
    { weight: 5, arbitrary: fc.oneof(...descriptors) },
    { weight: 5, arbitrary: fc.oneof(...handles) },
    { weight: 2, arbitrary: fc.oneof(...listings, ...openDirectories(change)) },
    { weight: 2, arbitrary: fc.oneof(...streams) },
    { weight: 2, arbitrary: fc.oneof(...refusals) },
  );

/** What a local disk, a run and a draft can all do. What they can't is a row of `docs/SEMANTICS.md`. */
export const anyOperation = withLinks(fc.oneof(...links), 1);

/** What a local disk and a draft can do. */
export const operationWithLinks = withLinks(fc.oneof(...ownLinks), 4);
