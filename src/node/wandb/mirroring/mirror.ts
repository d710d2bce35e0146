import { abortError, failure, hasCode } from '../../arguments/errors.js';
import { isWithin } from '../../composites/shared/cp-settings.js';
import { together } from '../together.js';
import { copyOne } from './copy-one.js';
import { End, type Own } from './end.js';
import { mirrorError } from './failures.js';
import { type Listing, list } from './listing.js';
import { asMirrorOptions, type Mirrored, type MirrorSettings } from './options.js';
import { type Plan, planOf, type Removal } from './plan.js';
import { Progress } from './progress.js';
import { flushed, Sending } from './sending.js';

const REMOVED_AT_ONCE = 1000;

const NOTHING: Listing = { files: new Map(), directories: new Set(), holding: new Set(), leftOut: [] };

/**
 * Makes one directory what the other is, one way. All of both is known before anything is changed; what fails of single
 * files is told together, when all others are through, and nothing is removed then.
 */
export async function mirror(
  own: Own,
  fromGiven: unknown,
  toGiven: unknown,
  options: unknown,
): Promise<Mirrored> {
  const settings = asMirrorOptions(options);
  const { chosen, signal, dryRun } = settings;
  const to = End.of(toGiven, 'to', own);
  const from = await withoutAliases(End.of(fromGiven, 'from', own));
  if (signal?.aborted) throw abortError(signal);
  assertApart(from, to);
  // What waits to be sent has no digest at W&B.
  await flushed(to, signal);
  const source = await list(from, chosen, signal);
  if (source === null) throw failure('ENOENT', { syscall: 'mirror', path: from.given });
  const target = (await list(to, chosen, signal)) ?? NOTHING;
  assertAlike(to, source, target);
  const plan = await planOf({ from, to, source, target }, settings);
  if (!dryRun) await carryOut({ from, to }, source, plan, settings);
  return {
    copied: plan.copied,
    removed: [plan.first, plan.removed]
      .flatMap(({ files, directories }) => [...files, ...directories])
      .sort(),
    same: plan.same,
    bytes: plan.copied.reduce((sum, { size }) => sum + size, 0),
    leftOut: source.leftOut.toSorted(),
  };
}

/** An alias on the way may move meanwhile. */
async function withoutAliases(end: End): Promise<End> {
  if (!end.tree) return end;
  return end.at(await end.call<string>('realpath', end.path));
}

function assertApart(from: End, to: End): void {
  if (!from.isOneWith(to) || !(isWithin(from.path, to.path) || isWithin(to.path, from.path))) return;
  const advice =
    from.path === to.path
      ? 'They are one and the same.'
      : 'One is in the other: mirror to a directory beside it.';
  throw failure('EINVAL', { syscall: 'mirror', path: from.given, dest: to.given }, advice);
}

function assertAlike(to: End, source: Listing, target: Listing): void {
  if (target === NOTHING || source.files.has('') === target.files.has('')) return;
  const isFile = source.files.has('');
  const advice = isFile
    ? 'A file is mirrored to a file: give its name, too.'
    : 'A directory is mirrored to a directory, and a file stands there.';
  throw failure(isFile ? 'EISDIR' : 'ENOTDIR', { syscall: 'mirror', path: to.given }, advice);
}

async function carryOut(
  { from, to }: { readonly from: End; readonly to: End },
  source: Listing,
  plan: Plan,
  settings: MirrorSettings,
): Promise<void> {
  const { signal, resume, concurrency } = settings;
  const progress = new Progress(plan.copied, settings.onProgress);
  const failures = new Map<string, unknown>();
  const isSent = to.tree !== null && !to.tree.hasDrafts;
  const sending = new Sending(
    to,
    plan.copied.map(({ name }) => name),
    progress,
  );
  progress.tell();
  await remove(to, plan.first, failures);
  if (failures.size > 0) throw mirrorError(from, to, failures, countOf(plan.first));
  await makeDirectories(to, source.files.has(''), plan.made);
  const copy = async (): Promise<void> => {
    await together(
      plan.copied,
      async ({ name }) => {
        try {
          await copyOne({ from, to, resume, signal }, name, (bytes) => isSent || progress.on(name, bytes));
          if (!isSent) progress.end(name);
        } catch (error) {
          if (signal?.aborted) throw error;
          failures.set(name, error);
        }
      },
      concurrency,
    );
  };
  for (const [name, error] of await sending.during(copy, signal)) failures.set(name, error);
  if (failures.size > 0) throw mirrorError(from, to, failures, plan.copied.length);
  if (signal?.aborted) throw abortError(signal);
  for (const { name } of plan.copied) progress.end(name);
  await remove(to, plan.removed, failures);
  if (failures.size > 0) throw mirrorError(from, to, failures, countOf(plan.removed));
  progress.tell();
}

const countOf = ({ files, directories }: Removal): number => files.length + directories.length;

async function makeDirectories(to: End, isFile: boolean, names: readonly string[]): Promise<void> {
  if (!isFile) await to.call('mkdir', to.path, { recursive: true });
  for (const name of names) await to.call('mkdir', to.pathOf(name), { recursive: true });
}

async function remove(
  to: End,
  { files, directories }: Removal,
  failures: Map<string, unknown>,
): Promise<void> {
  const removed = (member: 'unlink' | 'rmdir') => (name: string) =>
    to.call<void>(member, to.pathOf(name)).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) failures.set(name, error);
    });
  // What a tree is asked for in one turn is one request.
  await together(files, removed('unlink'), REMOVED_AT_ONCE);
  await together(directories, removed('rmdir'), 1);
}
