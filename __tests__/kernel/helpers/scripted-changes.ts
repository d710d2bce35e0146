import type { Entry } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import type { Args, Move, Value } from '../../../src/contract/remote.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { ScriptedServer } from './scripted-server.js';
import { isBusy, type ScriptedUploads, type Upload } from './scripted-uploads.js';
import type { ScriptedWire } from './scripted-wire.js';

/** The changes of a scripted remote that go by the names at the server, most of which wait for uploads of these. */
export class ScriptedChanges {
  /** Looked at after each step: work that waits for uploads to end. */
  private readonly waiting: (() => boolean)[] = [];

  constructor(
    private readonly server: ScriptedServer,
    private readonly wire: ScriptedWire,
    private readonly uploads: ScriptedUploads,
  ) {}

  flush({ inos }: Args<'flush'>, reply: (value: Value<'flush'>) => void): void {
    const isMine = (upload: Upload): boolean => inos === null || inos.includes(upload.ino);
    for (const upload of this.uploads.all)
      if (isMine(upload) && upload.state === 'failed') upload.state = 'queued';
    this.waiting.push(() => {
      const mine = this.uploads.all.filter(isMine);
      if (mine.some(({ state }) => state !== 'failed')) return false;
      reply({
        failed: mine.map(({ path }) => ({
          path: treePath(path),
          failure: new Failure('EIO', 'The storage refused the upload.'),
        })),
      });
      return true;
    });
  }

  /** What is queued is dropped, what is on its way ends first, then the server removes the names. */
  remove({ files }: Args<'remove'>, reply: (value: Value<'remove'>) => void): void {
    const paths: readonly string[] = files.map(({ path }) => path);
    this.waiting.push(() => {
      this.uploads.drop((upload) => !isBusy(upload) && paths.includes(upload.path));
      if (this.uploads.all.some(({ path }) => paths.includes(path))) return false;
      this.wire.later(`delete ${paths.join()}`, () => {
        for (const path of paths) this.server.delete(path);
        reply(null);
      });
      return true;
    });
  }

  rename(
    { moves }: Args<'rename'>,
    reply: (value: Value<'rename'>) => void,
    fail: (failure: Failure) => void,
  ): void {
    const { server, uploads } = this;
    const moved: { ino: number; entry: Entry | null }[] = [];
    const told: (Move & { bytes: Uint8Array | null })[] = [];
    for (const move of moves) {
      const queued = uploads.all.find(
        (upload) => upload.path === move.from && upload.ino === move.ino && !isBusy(upload),
      );
      const isBusyNow = uploads.all.some((upload) => upload.path === move.from && isBusy(upload));
      uploads.drop((upload) => upload !== queued && !isBusy(upload) && upload.path === move.to);
      if (queued && !isBusyNow && move.entry === null && !server.bytes.has(move.from)) {
        queued.path = move.to;
        moved.push({ ino: move.ino, entry: null });
      } else {
        const source = move.source ?? queued?.source ?? null;
        const bytes = source && uploads.bytesOf(source);
        if (queued) uploads.drop((upload) => upload === queued);
        told.push({ ...move, bytes });
      }
    }
    if (told.length === 0) {
      reply({ moved });
      return;
    }
    const names = new Set(told.flatMap(({ from, to }) => [from, to]));
    this.waiting.push(() => {
      if (uploads.all.some((upload) => names.has(treePath(upload.path)) && isBusy(upload))) return false;
      this.wire.later(`move ${told.map(({ from, to }) => `${from} ${to}`).join()}`, () => {
        // A PUT that was on its way may have failed: its content is still in the queue.
        const kept = (move: Move): Upload | undefined =>
          uploads.all.find(({ path, ino }) => path === move.from && ino === move.ino);
        const contents = told.map((move) => {
          const queued = kept(move);
          return move.bytes ?? (queued && uploads.bytesOf(queued.source)) ?? server.bytes.get(move.from);
        });
        uploads.drop((upload) => told.some(({ from }) => upload.path === from));
        if (contents.some((bytes) => !bytes)) {
          fail(new Failure('ENOENT'));
          return;
        }
        told.forEach(({ ino, to }, index) => {
          const bytes = contents[index] ?? new Uint8Array();
          server.store(to, bytes);
          moved.push({ ino, entry: { ...server.entryFor(to, bytes), id: null } });
        });
        for (const { from } of told) server.delete(from);
        reply({ moved });
      });
      return true;
    });
  }

  mkdir(
    { path }: Args<'mkdir'>,
    reply: (value: Value<'mkdir'>) => void,
    fail: (failure: Failure) => void,
  ): void {
    this.wire.later(`mkdir ${path}`, () => {
      if (this.server.units.has(path)) {
        fail(new Failure('EEXIST'));
        return;
      }
      this.server.mkunit(path);
      const { found } = this.server.lookup(path, false);
      if (found && found !== 'prefix') reply(found);
    });
  }

  /** Lets what waited for uploads go on that have ended. */
  settleWaiting(): void {
    for (let index = 0; index < this.waiting.length; ) {
      if (this.waiting[index]?.()) this.waiting.splice(index, 1);
      else index++;
    }
  }
}
