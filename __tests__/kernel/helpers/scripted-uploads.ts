import { readSync } from 'node:fs';
import type { Entry } from '../../../src/contract/entry.js';
import { Failure } from '../../../src/contract/failure.js';
import type { Args, Contents, Handed, RemoteEvent } from '../../../src/contract/remote.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { ScriptedServer } from './scripted-server.js';
import type { Step } from './scripted-wire.js';

export interface Upload {
  ino: number;
  generation: number;
  path: string;
  source: Handed;
  /** Read when it goes. */
  bytes: Uint8Array | null;
  state: 'queued' | 'putting' | 'stored' | 'failed';
}

/** The upload queue of a scripted remote, and what is on its way from it. */
export class ScriptedUploads {
  /** Paths whose PUT fails for good, as often as told. */
  readonly failingPuts = new Map<string, number>();
  private uploads: Upload[] = [];

  constructor(
    private readonly server: ScriptedServer,
    /** Every request that reached the server, by method. */
    private readonly log: string[],
    /** Whatever the kernel has set by then. */
    private readonly contents: () => Contents,
    private readonly emit: (event: RemoteEvent) => void,
  ) {}

  get all(): readonly Upload[] {
    return this.uploads;
  }

  submit({ ino, generation, path, source }: Args<'submit'>): void {
    const isSame = (upload: Upload): boolean => upload.ino === ino && upload.generation === generation;
    // A failed one that a flush has sent again meanwhile is on its way already, and settles once.
    const isSuccessor = (upload: Upload): boolean =>
      !isBusy(upload) && !isSame(upload) && (upload.ino === ino || upload.path === path);
    if (this.uploads.some((upload) => isBusy(upload) && isSame(upload)) && !this.uploads.some(isSuccessor)) {
      return;
    }
    // The same content handed over again, after a failure, is the same submission.
    this.uploads = this.uploads.filter((upload) => isBusy(upload) || !isSame(upload));
    this.drop((upload) => !isBusy(upload) && (upload.ino === ino || upload.path === path));
    this.uploads.push({ ino, generation, path, source, bytes: null, state: 'queued' });
  }

  /** Gives uploads up that nobody wants any more, and says so. */
  drop(isUnwanted: (upload: Upload) => boolean): void {
    for (const upload of this.uploads.filter(isUnwanted)) {
      this.uploads.splice(this.uploads.indexOf(upload), 1);
      const { path, ino, generation } = upload;
      this.emit({ type: 'dropped', path: treePath(path), ino, generation });
    }
  }

  bytesOf({ id }: Handed): Uint8Array {
    const contents = this.contents();
    const source = contents.open(id);
    try {
      if (source.kind === 'bytes') return source.bytes;
      const bytes = new Uint8Array(source.size);
      readSync(source.fd, bytes, 0, source.size, 0);
      return bytes;
    } finally {
      contents.close(id);
    }
  }

  steps(): Step[] {
    return this.uploads.flatMap((upload) => this.stepsOf(upload));
  }

  private stepsOf(upload: Upload): Step[] {
    const { path } = upload;
    if (upload.state === 'queued' && !this.uploads.some((other) => other.path === path && isBusy(other))) {
      return [{ name: `send ${path}`, run: () => this.send(upload) }];
    }
    if (upload.state === 'putting') return [{ name: `put ${path}`, run: () => this.put(upload) }];
    if (upload.state === 'stored') return [{ name: `mark ${path}`, run: () => this.mark(upload) }];
    return [];
  }

  private send(upload: Upload): void {
    upload.bytes = this.bytesOf(upload.source);
    upload.state = 'putting';
  }

  private put(upload: Upload): void {
    this.log.push(`put ${upload.path}`);
    const failures = this.failingPuts.get(upload.path) ?? 0;
    if (failures > 0) {
      this.failingPuts.set(upload.path, failures - 1);
      upload.state = 'failed';
      // What was superseded while it was on its way is not tried again.
      const isSuperseded = this.uploads.some(
        (other) => other !== upload && (other.ino === upload.ino || other.path === upload.path),
      );
      if (isSuperseded) {
        this.drop((each) => each === upload);
        return;
      }
      const failure = new Failure('EIO', 'The storage refused the upload.', 'HTTP 403');
      this.emit({
        type: 'failed',
        path: treePath(upload.path),
        ino: upload.ino,
        generation: upload.generation,
        failure,
      });
      return;
    }
    this.server.store(upload.path, sentOf(upload));
    upload.state = 'stored';
  }

  private mark(upload: Upload): void {
    this.uploads.splice(this.uploads.indexOf(upload), 1);
    const entry: Entry = { ...this.server.entryFor(upload.path, sentOf(upload)), id: null };
    this.emit({
      type: 'uploaded',
      path: treePath(upload.path),
      ino: upload.ino,
      generation: upload.generation,
      entry,
    });
  }
}

export const isBusy = ({ state }: Upload): boolean => state === 'putting' || state === 'stored';

function sentOf({ bytes }: Upload): Uint8Array {
  if (!bytes) throw new Error('nothing was sent');
  return bytes;
}
