import { constants } from 'node:fs';
import { Failure } from '../../../src/contract/failure.js';
import { treePath } from '../../../src/contract/tree-path.js';
import { Operation, runAsync, runSync } from '../../../src/kernel/operation/operation.js';
import type { Kernel } from '../../../src/kernel/syscalls.js';
import { expectEqual } from '../../helpers/equal.js';
import { DirectoryReading } from './directory-reading.js';
import { Model, type ModelFile } from './model.js';
import type { Action, Command } from './model-programs.js';

const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;

type Drive = <T>(primitive: (op: Operation) => T) => T | Promise<T>;

/** An actor's one open file, here and in the model. */
interface Handle {
  fd: number;
  file: ModelFile;
}

async function readAt(kernel: Kernel, fd: number, drive: Drive): Promise<string> {
  const buffer = Buffer.alloc(4096);
  return buffer.toString('utf8', 0, await drive((op) => kernel.read(op, fd, buffer, 0)));
}

/** Node's readFile, writeFile and so on in small; returns what the model returns. */
async function perform(
  kernel: Kernel,
  root: string,
  action: Action,
  drive: Drive,
  fd: number,
): Promise<unknown> {
  if (action.type === 'flush') return drive((op) => kernel.flush(op));
  if (action.type === 'readHandle') return readAt(kernel, fd, drive);
  if (action.type === 'writeHandle') {
    await drive((op) => kernel.write(op, fd, Buffer.from(action.text), 0));
    return undefined;
  }
  if (action.type === 'syncHandle') return drive((op) => kernel.fsync(op, fd));
  if (!('path' in action)) return undefined;
  const path = `${root}/${action.path}`;
  switch (action.type) {
    case 'open':
      return drive((op) => kernel.open(op, treePath(path), O_RDWR, 0));
    case 'read': {
      const opened = await drive((op) => kernel.open(op, treePath(path), O_RDONLY, 0));
      try {
        return await readAt(kernel, opened, drive);
      } finally {
        await drive((op) => kernel.close(op, opened));
      }
    }
    case 'write':
    case 'append': {
      const how = action.type === 'write' ? O_TRUNC : O_APPEND;
      const opened = await drive((op) => kernel.open(op, treePath(path), O_WRONLY | O_CREAT | how, 0o666));
      await drive((op) => kernel.write(op, opened, Buffer.from(action.text), null));
      return drive((op) => kernel.close(op, opened));
    }
    case 'list':
      return (await drive((op) => kernel.readdir(op, treePath(path)))).map((entry) => entry.name);
    case 'stat':
      return (await drive((op) => kernel.stat(op, treePath(path)))).kind;
    case 'unlink':
      return drive((op) => kernel.unlink(op, treePath(path)));
    case 'mkdir':
      return drive((op) => kernel.mkdir(op, treePath(path), 0o777));
    case 'rmdir':
      return drive((op) => kernel.rmdir(op, treePath(path)));
    case 'removeTree':
      return drive((op) => kernel.removeTree(op, treePath(path)));
    case 'rename':
      return drive((op) => kernel.rename(op, treePath(path), treePath(`${root}/${action.to}`)));
  }
}

function expected(model: Model, action: Action, handle: Handle | null): unknown {
  if (action.type === 'flush') return 'success';
  if (action.type === 'readHandle') return handle?.file.text;
  if (action.type === 'syncHandle') return 'success';
  if (action.type === 'writeHandle') {
    if (handle) handle.file.text = action.text + handle.file.text.slice(action.text.length);
    return 'success';
  }
  if (!('path' in action)) return 'success';
  const path = `${model.root}/${action.path}`;
  switch (action.type) {
    case 'open':
      return model.open(path);
    case 'read':
      return model.read(path);
    case 'write':
      return model.write(path, action.text);
    case 'append':
      return model.append(path, action.text);
    case 'list':
      return model.isDirectory(path) ? model.names(path) : model.has(path) ? 'ENOTDIR' : model.read(path);
    case 'stat':
      return model.has(path) ? (model.isDirectory(path) ? 'directory' : 'file') : model.read(path);
    case 'rename':
      return model.rename(path, `${model.root}/${action.to}`);
    default:
      return model[action.type](path);
  }
}

const harmless = new Set<Action['type']>(['read', 'list', 'stat']);
/** A PUT that failed for good is told at the durability points, and only there. */
const durabilityPoints = new Set<Action['type']>(['flush', 'syncHandle']);

/** Does an actor's commands below a directory of its own, and compares what each answers with what a model does. */
export async function act(
  kernel: Kernel,
  root: string,
  commands: readonly Command[],
  aborts: Map<AbortController, number>,
): Promise<void> {
  const model = new Model(root);
  let handle = null as Handle | null;
  let reading = null as DirectoryReading | null;
  runSync((op) => kernel.mkdir(op, treePath(root), 0o777));
  for (const { action, isSync, abortAfter } of commands) {
    if (/Handle/.test(action.type) && !handle) continue;
    if (action.type === 'opendir') reading = new DirectoryReading(kernel, model, root);
    if (action.type === 'readPage' && reading && !(await reading.next(isSync))) reading = null;
    if (action.type === 'opendir' || action.type === 'readPage') continue;
    const controller = new AbortController();
    const isAborting = abortAfter !== null && !isSync && harmless.has(action.type);
    if (isAborting) aborts.set(controller, abortAfter);
    const drive: Drive = isSync
      ? (primitive) => runSync(primitive)
      : (primitive) => runAsync(primitive, new Operation(isAborting ? controller.signal : undefined));
    const wanted = expected(model, action, handle);
    const got: unknown = await perform(kernel, root, action, drive, handle?.fd ?? -1).then(
      (value) => value ?? 'success',
      (thrown: Failure | Error) => {
        if (!(thrown instanceof Failure)) throw thrown;
        return thrown.code;
      },
    );
    aborts.delete(controller);
    reading?.update();
    if (got === 'ECANCELED' && isAborting) continue;
    if (durabilityPoints.has(action.type) && got === 'EIO') continue;
    if (action.type === 'open' && typeof got === 'number' && typeof wanted === 'object') {
      if (handle) runSync((op) => kernel.close(op, handle?.fd ?? -1));
      handle = { fd: got, file: wanted as ModelFile };
      continue;
    }
    expectEqual({ action, isSync, got }, { action, isSync, got: wanted });
  }
  if (handle) runSync((op) => kernel.close(op, handle?.fd ?? -1));
  expectEqual(await view(kernel, root), model.files());
}

/** All files below a directory with their content, as the kernel shows them. */
export async function view(kernel: Kernel, directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { name: entry, kind } of await runAsync((op) => kernel.readdir(op, treePath(directory)))) {
    const path = `${directory}/${entry}`;
    if (kind === 'directory') for (const pair of await view(kernel, path)) files.set(...pair);
    else
      files.set(
        path,
        String(
          await perform(
            kernel,
            directory,
            { type: 'read', path: entry },
            (primitive) => runAsync(primitive),
            -1,
          ),
        ),
      );
  }
  return files;
}
