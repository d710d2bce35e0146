import type { Entry, Lookup } from '../../contract/entry.js';
import { Failure } from '../../contract/failure.js';
import {
  depthOf,
  joinPath,
  lowerPath,
  splitPath,
  type TreePath,
  upperPath,
  withoutSlash,
} from '../../contract/tree-path.js';
import type { Core } from '../core.js';
import type { Load } from '../operation/load.js';
import { Fault, type Operation } from '../operation/operation.js';
import type { Moment } from '../timeline.js';
import type { Inode } from './inode.js';
import { throughLinks } from './links.js';
import type { Scope } from './listing/scope.js';

/** Single look-ups in a large unit before its whole listing is loaded. */
const TOUCHES_BEFORE_LISTING = 8;

/**
 * Finds what stands at a path: an inode, or null where nothing does. Throws ENOTDIR where a file stands in the way,
 * and a Fault where neither can be told without asking. A partial listing never answers null. A link on the way is
 * followed, one at the end unless `isLinkMeant`; a link to content elsewhere (a reference) is its own end.
 */
export function find(core: Core, op: Operation, path: TreePath, isLinkMeant = false): Inode | null {
  if (core.isClosed) throw new Failure('EBADF', 'This filesystem is closed.');
  if (path === '') return core.root;
  op.freshness.begin(core.currentEpoch);
  const mustBeDirectory = path.endsWith('/');
  const name = mustBeDirectory ? path.slice(0, -1) : path;
  const real = core.hasVersions ? followLinks(core, op, name, isLinkMeant && !mustBeDirectory) : name;
  const found = findName(core, op, real);
  if (found && mustBeDirectory && !found.isDirectory) throw new Failure('ENOTDIR');
  return found;
}

/** As `find`, with ENOENT for nothing. */
export function resolve(core: Core, op: Operation, path: TreePath, isLinkMeant = false): Inode {
  const inode = find(core, op, path, isLinkMeant);
  if (!inode) throw new Failure('ENOENT');
  return inode;
}

/** What a change of names is about: a link is meant itself, and is no directory, however the path demands one. */
export function resolveName(core: Core, op: Operation, path: TreePath): Inode {
  if (path.endsWith('/') && find(core, op, path.slice(0, -1), true)?.target != null)
    throw new Failure('ENOTDIR');
  return resolve(core, op, path, true);
}

/** The path without aliases in it. One that may have moved since it was seen is asked for again. */
function followLinks(core: Core, op: Operation, path: TreePath, isLinkMeant: boolean): TreePath {
  return throughLinks(core, path, isLinkMeant, (link, linkPath) => {
    if (!isFresh(core, op, link, linkPath)) throw lookupFault(core, op, path, null);
  });
}

/** The directory that a name stands in, and the name. ENOENT or ENOTDIR where there is no such directory. */
export function resolveParent(
  core: Core,
  op: Operation,
  path: TreePath,
): { readonly parent: Inode; readonly name: string } {
  const { parent: parentPath, name } = splitPath(withoutSlash(path));
  const parent = resolve(core, op, parentPath);
  if (!parent.isDirectory) throw new Failure('ENOTDIR');
  return { parent, name };
}

/** Where a name can't be made: what is in its way is told first, in the order of a disk. */
export function assertFree(core: Core, op: Operation, path: TreePath): void {
  if (path === '') throw new Failure('EEXIST');
  resolveParent(core, op, path);
  const mustBeDirectory = path.endsWith('/');
  if (find(core, op, withoutSlash(path), true)) throw new Failure('EEXIST');
  if (mustBeDirectory) throw new Failure('ENOENT');
}

function findName(core: Core, op: Operation, path: TreePath): Inode | null {
  const segments = path.split('/');
  const upper = Math.min(segments.length, core.unitDepth);
  let inode: Inode = core.root;
  let reached = 0;
  for (; reached < upper; reached++) {
    const child = inode.children?.get(segments[reached] ?? '');
    if (!child) break;
    inode = child;
  }
  if (reached < upper) {
    if (isKnownAbsent(core, op, segments, reached, inode)) return null;
    throw lookupFault(core, op, path, null);
  }
  if (segments.length > core.unitDepth) {
    return findInUnit(core, op, path, core.scopeAt(inode), segments.slice(core.unitDepth));
  }
  // What is only here needs no proof.
  if (inode.local?.isLocalDirectory || isFresh(core, op, inode, path)) return inode;
  throw lookupFault(core, op, path, null);
}

function findInUnit(
  core: Core,
  op: Operation,
  path: TreePath,
  scope: Scope,
  segments: readonly string[],
): Inode | null {
  scope.isUsed = true;
  let inode = scope.root;
  let isThere = true;
  for (const name of segments) {
    const child = inode.children?.get(name);
    if (!child) {
      isThere = false;
      break;
    }
    inode = child;
  }
  if (isThere) {
    // What is only here needs no proof.
    if (inode.isDirty || inode.local?.isLocalDirectory || isFresh(core, op, inode, path)) return inode;
  } else if (!inode.isDirectory) {
    // A file stands in the way, if it still stands.
    if (find(core, op, inode.path)?.isDirectory === false) throw new Failure('ENOTDIR');
    return findInUnit(core, op, path, scope, segments);
  } else if (isListed(core, op, scope) || isRecent(core, op, scope.knownSince(segments.join('/')), scope)) {
    return null;
  }
  throw lookupFault(core, op, path, scope);
}

/** Does a fresh answer say that nothing stands at these segments, of which `reached` lead to `parent`? */
function isKnownAbsent(
  core: Core,
  op: Operation,
  segments: readonly string[],
  reached: number,
  parent: Inode,
): boolean {
  const { scope } = parent;
  if (
    scope &&
    (areAllKnown(core, op, scope) || isRecent(core, op, scope.knownSince(segments[reached] ?? '')))
  )
    return true;
  for (let depth = reached + 1; depth <= segments.length; depth++) {
    if (isNegativeFresh(core, op, segments.slice(0, depth).join('/'))) return true;
  }
  return false;
}

function isNegativeFresh(core: Core, op: Operation, path: TreePath): boolean {
  const negative = core.negatives.get(path);
  return negative !== undefined && isRecent(core, op, negative);
}

export function isFresh(core: Core, op: Operation, inode: Inode, path: TreePath): boolean {
  const seen = { arrived: inode.seenEpoch, at: inode.seenAt };
  if (isRecent(core, op, seen) || op.hasLoaded(`lookup:${path}`)) return true;
  if (!inode.parent) return true;
  const scope = core.scopeOf(inode.parent);
  if (isListed(core, op, scope) || isRecent(core, op, seen, scope)) return true;
  return isRecent(core, op, scope.knownSince(core.relativeToScope(scope, path)), scope);
}

/** Is every name of this scope known, by a fresh listing? */
export function isListed(core: Core, op: Operation, scope: Scope): boolean {
  scope.isUsed = true;
  if (scope.isLocal) return true;
  if (!scope.isComplete) return false;
  return isRecent(core, op, scope.listed, scope) || op.hasLoaded(`list:${scope.root.path}`);
}

/** Is nothing else there than is known? */
const areAllKnown = (core: Core, op: Operation, scope: Scope): boolean =>
  (scope.isLocal || !scope.isPartial) && isListed(core, op, scope);

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
 * What to ask for a path that isn't known: the first touch of a unit looks the name up and brings the unit's listing
 * (its first page); in a large unit single names are looked up until listing all of it is the cheaper way.
 */
function lookupFault(core: Core, op: Operation, path: TreePath, scope: Scope | null): Fault {
  const unitPath = upperPath(path, core.unitDepth);
  const isInUnit = depthOf(path) >= core.unitDepth;
  // Of a version the listing comes along where it is at hand: it never has to be asked for again.
  if (scope?.isLarge) {
    if (scope.touches >= TOUCHES_BEFORE_LISTING) return listFault(core, scope.root);
    return new Fault(`lookup:${path}`, () => startLookup(core, `lookup:${path}`, path, core.hasVersions));
  }
  // All who touch an unknown unit wait for one answer; whom its first page doesn't serve asks again by name.
  if (isInUnit && !op.hasLoaded(`touch:${unitPath}`)) {
    return new Fault(`touch:${unitPath}`, () => startLookup(core, `touch:${unitPath}`, path, true));
  }
  return new Fault(`lookup:${path}`, () => startLookup(core, `lookup:${path}`, path, core.hasVersions));
}

function startLookup(core: Core, key: string, path: TreePath, listing: boolean): Load {
  return core.timeline.ask((sent) =>
    core.loads.start(key, 'lookup', { path, listing }, (lookup, failure) => {
      const learned = core.timeline.arrive(sent);
      if (lookup) mergeLookup(core, path, lookup, learned);
      return failure;
    }),
  );
}

function mergeLookup(core: Core, asked: TreePath, lookup: Lookup, sent: Moment): void {
  const { ancestors, listing } = lookup;
  // An answer that contradicts itself says that there is something: denying it would let it be overwritten.
  const found = lookup.found ?? listing?.entries.find(({ path }) => path === asked) ?? null;
  core.mergeAbove(ancestors, sent);
  const depth = depthOf(asked);
  if (found && found !== 'prefix' && depth <= core.unitDepth) core.mergeAbove([found], sent);
  // The answer may have told of an alias on the way.
  const directories = ancestors.filter(({ kind }) => kind === 'directory');
  // What the answer speaks of is what the answer names, not what the alias points to here by now.
  const unitPath = depth > core.unitDepth ? directories[core.unitDepth - 1]?.path : undefined;
  const path = unitPath === undefined ? asked : joinPath(unitPath, lowerPath(asked, core.unitDepth));
  const place = core.scopeOfName(path);
  if (!found) rememberAbsence(core, path, directories, sent);
  else core.negatives.delete(path);
  if (depth > core.unitDepth && place && place.scope.root.depth === core.unitDepth) {
    if (directories.length >= core.unitDepth || found) {
      place.scope.touches++;
      place.scope.mergeName(place.relative, found, sent);
    }
  }
  const unit = depth < core.unitDepth ? undefined : unitAt(core, path);
  if (!unit?.isDirectory) return;
  if (listing) core.scopeAt(unit).mergeListing(listing.entries, listing.isComplete, sent);
  // A version's listing is a file of its own, which a look-up leaves alone while names can be asked for.
  else if (core.hasVersions) core.scopeAt(unit).isLarge = true;
}

function unitAt(core: Core, path: TreePath): Inode | undefined {
  let inode: Inode | undefined = core.root;
  for (const name of path.split('/').slice(0, core.unitDepth)) inode = inode?.children?.get(name);
  return inode;
}

/**
 * Nothing stands at the path. Where the answer proves less than all ancestors, the whole branch below the last proven
 * one is missing; a missing entity and a missing project look alike on the wire, so an entity alone is never denied.
 */
function rememberAbsence(core: Core, path: TreePath, ancestors: readonly Entry[], sent: Moment): void {
  const segments = path.split('/');
  const proven = ancestors.length;
  const missing = segments.slice(
    0,
    proven >= core.unitDepth ? segments.length : Math.min(segments.length, Math.max(proven + 1, 2)),
  );
  const missingPath = missing.join('/');
  const place = core.scopeOfName(missingPath);
  if (!place) {
    core.negatives.set(missingPath, sent);
    return;
  }
  if (missing.length > core.unitDepth) return;
  place.scope.mergeName(place.relative, null, sent);
  // It stays for what only this instance has in it; of anything else in it there is nothing.
  for (const inode of place.scope.childAt(place.relative)?.walk() ?? []) {
    if (inode.isDirectory && inode.depth <= core.unitDepth) core.scopeAt(inode).mergeListing([], true, sent);
  }
}

/** Loads the whole listing of a directory that is listed as one. */
function listFault(core: Core, directory: Inode): Fault {
  const { path } = directory;
  const key = `list:${path}`;
  return new Fault(key, () =>
    core.timeline.ask((sent) =>
      core.loads.start(key, 'list', { path }, (value, failure) => {
        const learned = core.timeline.arrive(sent);
        if (value) core.scopeAt(directory).mergeListing(value.entries, true, learned);
        return failure && mergeNoListing(core, directory, failure, learned);
      }),
    ),
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
    core.scopeAt(directory).mergeListing([], true, learned);
    return null;
  }
  if (path === '') return failure;
  const place = core.scopeOfName(path);
  place?.scope.mergeName(place.relative, null, learned);
  core.negatives.set(path, learned);
  return failure;
}

/** Makes sure that all names in a directory are known. */
export function ensureListed(core: Core, op: Operation, directory: Inode): void {
  const scope = core.scopeOf(directory);
  if (isListed(core, op, scope)) return;
  ensureTouched(core, op, scope);
  throw listFault(core, scope.root);
}

/** The look-up of a unit that was never touched brings its listing and the unit's own times in one request. */
export function ensureTouched(core: Core, op: Operation, scope: Scope): void {
  const { path } = scope.root;
  const isTouched = op.hasLoaded(`touch:${path}`) || scope.isLarge || scope.listed.epoch > 0;
  if (scope.isDeep && !isTouched) throw lookupFault(core, op, path, null);
}
