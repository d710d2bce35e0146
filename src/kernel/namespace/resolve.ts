import { Failure } from '../../contract/failure.js';
import {
  depthOf,
  lastNameOf,
  lowerPath,
  type TreePath,
  treePath,
  upperPath,
  withoutSlash,
} from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Fault, Operation } from '../operation/operation.js';
import { ask, type Moment } from '../timeline.js';
import type { Inode } from './inode.js';
import { throughLinks } from './links/aliases.js';
import { throughDraft, type Way } from './links/symbolic.js';
import { listKey } from './listing/knowledge.js';
import { beginningOf, ListingLoad } from './listing/listing-load.js';
import type { Scope } from './listing/scope.js';

/** Single look-ups in a large unit before its whole listing is loaded. */
const LOOKUPS_BEFORE_LISTING = 8;
/** Where it has to be listed once alone. */
const LOOKUPS_BEFORE_LAST_LISTING = 4;

/**
 * Finds what stands at a path: an inode, or null where nothing does. Throws ENOTDIR where a file stands in the way,
 * and a Fault where neither can be told without asking. A partial listing never answers null. A link on the way is
 * followed, one at the end unless `isLinkMeant`; a link to content elsewhere (a reference) is its own end.
 */
export function find(core: Core, op: Operation, path: TreePath, isLinkMeant = false): Inode | null {
  core.assertOpen();
  if (path === '') return core.root;
  op.freshness.begin(core.timeline.epoch);
  const mustBeDirectory = path.endsWith('/');
  const name = withoutSlash(path);
  const { links, drafts } = core.shape;
  if (!links && !drafts) return demanded(findName(core, op, name), mustBeDirectory);
  const real = realPath(core, op, path, isLinkMeant);
  if (real === '') return core.root;
  return demanded(findName(core, op, withoutSlash(real)), mustBeDirectory || real.endsWith('/'));
}

function demanded(found: Inode | null, mustBeDirectory: boolean): Inode | null {
  if (found && mustBeDirectory && !found.isDirectory) throw new Failure('ENOTDIR');
  return found;
}

/** As `find`, with ENOENT for nothing. */
export function resolve(core: Core, op: Operation, path: TreePath, isLinkMeant = false): Inode {
  const inode = find(core, op, path, isLinkMeant);
  if (!inode) throw new Failure('ENOENT');
  return inode;
}

/**
 * The path without links in it, whatever stands there. A trailing '/' stays, and that of a link to a directory. An alias
 * that may have moved since it was seen is asked for again.
 */
export function realPath(
  core: Core,
  op: Operation,
  path: TreePath,
  isLinkMeant = false,
  way: Way = { followed: 0 },
): TreePath {
  let name = withoutSlash(path);
  let mustBeDirectory = path.endsWith('/');
  for (;;) {
    const asked = name;
    const isMeant = isLinkMeant && !mustBeDirectory;
    const real = throughLinks(core, asked, isMeant, (link, linkPath) => {
      if (!isFresh(core, op, link, linkPath)) throw lookupFault(core, op, asked, null);
    });
    const next = core.hasDrafts
      ? throughDraft(core, real, isMeant, way, (at) => directoryOnTheWay(core, op, at, way))
      : null;
    if (next === null) return mustBeDirectory ? treePath(`${real}/`) : real;
    if (next === '') return next;
    mustBeDirectory ||= next.endsWith('/');
    name = withoutSlash(next);
  }
}

function directoryOnTheWay(core: Core, op: Operation, path: TreePath, way: Way): TreePath {
  if (path === '') return path;
  const real = withoutSlash(realPath(core, op, path, false, way));
  const found = real === '' ? core.root : findName(core, op, real);
  if (!found) throw new Failure('ENOENT');
  if (!found.isDirectory) throw new Failure('ENOTDIR');
  return found.path;
}

function findName(core: Core, op: Operation, path: TreePath): Inode | null {
  const { unitDepth } = core;
  const segments = path.split('/');
  let inode = core.root;
  let unit: Inode | null = null;
  let reached = 0;
  for (const name of segments) {
    const child = inode.children?.get(name);
    if (!child) break;
    inode = child;
    if (++reached === unitDepth) unit = inode;
  }
  const isThere = reached === segments.length;
  if (!isThere && !unit) {
    if (isKnownAbsent(core, op, path, reached, inode)) return null;
    throw lookupFault(core, op, path, null);
  }
  const scope = unit && segments.length > unitDepth ? core.names.scopeAt(unit) : null;
  if (scope) scope.isUsed = true;
  if (isThere) {
    // What is only here needs no proof.
    if (inode.isDirty || inode.local?.isLocalDirectory || isFresh(core, op, inode, path)) return inode;
  } else if (!inode.isDirectory) {
    // A file stands in the way, if it still stands.
    if (find(core, op, inode.path)?.isDirectory === false) throw new Failure('ENOTDIR');
    return findName(core, op, path);
  } else if (scope) {
    if (isListed(core, op, scope)) return null;
    if (isRecent(core, op, scope.knownSince(lowerPath(path, unitDepth)), scope)) return null;
  }
  throw lookupFault(core, op, path, scope);
}

/** Does a fresh answer say that nothing stands at a path, of which `reached` names lead to `parent`? */
function isKnownAbsent(core: Core, op: Operation, path: TreePath, reached: number, parent: Inode): boolean {
  const { scope } = parent;
  if (scope && (scope.isLocal || !scope.isPartial) && isListed(core, op, scope)) return true;
  if (scope && isRecent(core, op, scope.knownSince(lastNameOf(upperPath(path, reached + 1))))) return true;
  for (let depth = reached + 1; depth <= depthOf(path); depth++) {
    const negative = core.names.absentSince(upperPath(path, depth));
    if (negative && isRecent(core, op, negative)) return true;
  }
  return false;
}

export function isFresh(core: Core, op: Operation, inode: Inode, path: TreePath): boolean {
  const seen = { arrived: inode.seenEpoch, at: inode.seenAt };
  if (isRecent(core, op, seen) || op.hasLoaded(`lookup:${path}`)) return true;
  if (!inode.parent) return true;
  const scope = core.names.scopeOf(inode.parent);
  if (isListed(core, op, scope) || isRecent(core, op, seen, scope)) return true;
  return isRecent(core, op, scope.knownSince(scope.relativeOf(path)), scope);
}

/** Is every name of this scope known, by a fresh listing? */
export function isListed(core: Core, op: Operation, scope: Scope): boolean {
  scope.isUsed = true;
  if (scope.isLocal) return true;
  if (!scope.known.isComplete) return false;
  return isRecent(core, op, scope.known.listed, scope) || op.hasLoaded(listKey(scope.root.path));
}

/**
 * Learned within the TTL, or since the call began: what it waited for counts, however slow it was. What was ever learned
 * of a version counts until it is expired on demand.
 */
function isRecent(
  core: Core,
  op: Operation,
  { arrived, at }: Pick<Moment, 'arrived' | 'at'>,
  scope: Scope | null = null,
): boolean {
  const ttl = scope?.isImmutable ? Number.POSITIVE_INFINITY : core.options.listingTtl;
  return core.timeline.now() - at < ttl || (arrived > op.freshness.epoch && at !== Number.NEGATIVE_INFINITY);
}

/**
 * What to ask for a path that isn't known: the first call in a unit looks the name up and brings the unit's listing
 * (its first page); in a large unit single names are looked up until listing all of it is the cheaper way.
 */
function lookupFault(core: Core, op: Operation, path: TreePath, scope: Scope | null): Fault {
  const fault = (key: string, listing: boolean): Fault =>
    ask(core, key, 'lookup', { path, listing }, (lookup, failure, learned) => {
      if (lookup) core.names.mergeLookup(path, lookup, learned);
      return failure;
    });
  const most = scope?.isImmutable ? LOOKUPS_BEFORE_LAST_LISTING : LOOKUPS_BEFORE_LISTING;
  if (scope?.known.isLarge && scope.known.lookups >= most) return listFault(core, op, scope);
  // All who need an unknown unit wait for one answer; whom its first page doesn't serve asks again by name.
  const unitKey = `unit:${upperPath(path, core.unitDepth)}`;
  const isInUnit = depthOf(path) >= core.unitDepth;
  if (!scope?.known.isLarge && isInUnit && !op.hasLoaded(unitKey)) return fault(unitKey, true);
  // Where it is true for ever the listing comes along if it is at hand: it never has to be asked for again.
  return fault(`lookup:${path}`, isInUnit ? core.shape.areUnitsImmutable : op.isListingWanted);
}

/** Loads the whole listing of a directory that is listed as one, or what a look-up hasn't brought of it. */
function listFault(core: Core, op: Operation, scope: Scope): Fault {
  const { root } = scope;
  const { path } = root;
  const begun = beginningOf(op, scope);
  const load = new ListingLoad(scope, begun);
  return ask(
    core,
    listKey(path),
    'list',
    { path, after: begun?.next },
    (value, failure, learned) => {
      if (value) load.end(value.entries, learned);
      return failure && mergeNoListing(core, root, failure, learned);
    },
    {},
    (entries, learned) => load.page(entries, learned),
  );
}

/** Returns the failure, unless it says that the server doesn't have what is only here. */
export function mergeNoListing(
  core: Core,
  directory: Inode,
  failure: Failure,
  learned: Moment,
): Failure | null {
  const { path } = directory;
  if (failure.code !== 'ENOENT') return failure;
  if (directory.local?.isLocalDirectory) {
    core.names.scopeAt(directory).mergeListing([], true, learned);
    return null;
  }
  if (path === '') return failure;
  const place = core.names.scopeOfName(path);
  place?.scope.mergeName(place.relative, null, learned);
  core.names.negatives.set(path, learned);
  return failure;
}

/** Makes sure that all names in a directory are known. */
export function ensureListed(core: Core, op: Operation, directory: Inode): void {
  const scope = core.names.scopeOf(directory);
  if (isListed(core, op, scope)) return;
  ensureAsked(core, op, scope);
  throw listFault(core, op, scope);
}

/** The first look-up of a unit brings its listing and the unit's own times in one request. */
export function ensureAsked(core: Core, op: Operation, scope: Scope): void {
  const { path } = scope.root;
  const isAsked = op.hasLoaded(`unit:${path}`) || scope.known.isLarge || scope.known.listed.epoch > 0;
  if (scope.isDeep && !isAsked) throw lookupFault(core, op, path, null);
}
