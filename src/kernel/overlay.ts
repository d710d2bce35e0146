import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { Volume } from 'memfs';
import type { Source } from '../store/contract.js';
import { Failure } from '../store/failure.js';
import type { Inode } from './inode.js';

/** What the overlay asks of a volume: the calls that memfs and `node:fs` share. */
interface VolumeCalls {
  openSync(path: string, flags: string): number;
  closeSync(fd: number): void;
  readSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(fd: number, buffer: Uint8Array, offset: number, length: number, position: number): number;
  ftruncateSync(fd: number, length: number): void;
  unlinkSync(path: string): void;
}

/** Content that lives here, in one file of a volume. */
export interface LocalContent {
  readonly file: string;
  readonly isSpooled: boolean;
  /** null while nobody has the file open: an fd for every file that waits for its upload would be too many. */
  fd: number | null;
  size: number;
  /** An upload of this generation reads the file: the next write takes a copy. Only spooled content is uploaded so. */
  sealedFor: number | null;
}

interface OverlayOptions {
  readonly cacheBytes: number;
  readonly spoolBytes: number;
}

/** Content above this share of the cache's budget goes to disk. */
const SPOOL_SHARE = 16;

/**
 * The local content of inodes, lazily populated: small content in memfs (its public API, one file an inode, names are
 * never real ones), large content through the same calls in a private directory, the spool. Content is pinned while it
 * is open or dirty; clean content is evicted, least recently used first, within the budget it shares with dirty memory.
 */
export class Overlay {
  private readonly memory = new Volume() as unknown as VolumeCalls;
  private spoolDirectory: string | null = null;
  private serial = 0;
  /** Bytes of content in memory and on disk. */
  memoryBytes = 0;
  spooledBytes = 0;
  private readonly clean: LRUCache<number, Inode>;
  /** Spooled files that an upload may still read, by inode. */
  private readonly sealed = new Map<number, { file: string; size: number; generation: number }[]>();
  private readonly openContents = new Set<LocalContent>();

  constructor(private readonly options: OverlayOptions) {
    this.clean = new LRUCache<number, Inode>({
      maxSize: Math.max(1, Math.floor(options.cacheBytes / 4)),
      sizeCalculation: (inode) => Math.max(1, inode.local?.content?.size ?? 1),
      dispose: (inode, _ino, reason) => {
        if (reason === 'evict') this.discard(inode);
      },
    });
  }

  /** Gives an inode empty content in place of what it had. */
  create(inode: Inode): LocalContent {
    this.drop(inode);
    const content = this.open(false);
    inode.ensureLocal().content = content;
    return content;
  }

  read(inode: Inode, target: Uint8Array, position: number): number {
    const content = contentOf(inode);
    if (position >= content.size || target.byteLength === 0) return 0;
    return this.volume(content).readSync(this.fdOf(content), target, 0, target.byteLength, position);
  }

  write(inode: Inode, bytes: Uint8Array, position: number): void {
    const end = position + bytes.byteLength;
    const content = this.writable(inode, Math.max(end, contentOf(inode).size));
    // memfs doesn't zero what a write behind the end leaves open.
    if (position > content.size) this.resize(content, position);
    for (let done = 0; done < bytes.byteLength; ) {
      done += this.volume(content).writeSync(
        this.fdOf(content),
        bytes,
        done,
        bytes.byteLength - done,
        position + done,
      );
    }
    if (end > content.size) this.account(content, end);
  }

  truncate(inode: Inode, length: number): void {
    const content = this.writable(inode, length);
    this.resize(content, length);
  }

  /** The content as it is now, for an upload: bytes of its own, or a file that stays as it is until `settle`. */
  snapshot(inode: Inode, generation: number): Source {
    const content = contentOf(inode);
    if (content.isSpooled) {
      content.sealedFor = generation;
      return { kind: 'file', file: content.file, size: content.size };
    }
    const bytes = new Uint8Array(new ArrayBuffer(content.size));
    this.read(inode, bytes, 0);
    return { kind: 'bytes', bytes };
  }

  /** Nobody has the file open. */
  park(inode: Inode): void {
    const content = inode.local?.content;
    if (content?.isSpooled) this.closeFd(content);
  }

  /** Clean and closed: may be evicted. */
  release(inode: Inode, ino: number): void {
    const content = inode.local?.content;
    if (!content) return;
    if (content.size > this.clean.maxSize) this.discard(inode);
    else this.clean.set(ino, inode);
  }

  /** Open or dirty again: must stay. */
  hold(inode: Inode): void {
    if (inode.ino !== 0) this.clean.delete(inode.ino);
  }

  /** Forgets an inode's content. An upload that reads its file still can, until `settle`. */
  drop(inode: Inode): void {
    this.hold(inode);
    this.discard(inode);
  }

  private discard(inode: Inode): void {
    const content = inode.local?.content;
    if (!content || !inode.local) return;
    inode.local.content = null;
    this.closeFd(content);
    if (content.sealedFor === null) this.remove(content);
    else this.keepSealed(inode.ino, content, content.sealedFor);
  }

  /** No upload reads what this inode held as of `generation` or before. */
  settle(ino: number, generation: number, inode: Inode | undefined): void {
    const content = inode?.local?.content;
    if (content && content.sealedFor !== null && content.sealedFor <= generation) content.sealedFor = null;
    const files = this.sealed.get(ino);
    if (!files) return;
    const kept = files.filter((sealed) => sealed.generation > generation);
    for (const { file, size } of files.filter((sealed) => sealed.generation <= generation)) {
      nodeFs.rmSync(file, { force: true });
      this.spooledBytes -= size;
    }
    if (kept.length > 0) this.sealed.set(ino, kept);
    else this.sealed.delete(ino);
  }

  get isSpoolFull(): boolean {
    return this.spooledBytes > this.options.spoolBytes;
  }

  /** Gives all content up, and removes the spool from the disk. */
  close(): void {
    for (const content of [...this.openContents]) this.closeFd(content);
    if (this.spoolDirectory === null) return;
    nodeFs.rmSync(this.spoolDirectory, { recursive: true, force: true });
    spools.delete(this.spoolDirectory);
    this.spoolDirectory = null;
  }

  private volume(content: LocalContent): VolumeCalls {
    return content.isSpooled ? nodeFs : this.memory;
  }

  private open(isSpooled: boolean): LocalContent {
    const name = `/${++this.serial}`;
    const file = isSpooled ? join(this.ensureSpool(), name) : name;
    const fd = isSpooled ? nodeFs.openSync(file, 'w+', 0o600) : this.memory.openSync(file, 'w+');
    const content: LocalContent = { file, isSpooled, fd, size: 0, sealedFor: null };
    this.openContents.add(content);
    return content;
  }

  private fdOf(content: LocalContent): number {
    if (content.fd === null) {
      content.fd = this.volume(content).openSync(content.file, 'r+');
      this.openContents.add(content);
    }
    return content.fd;
  }

  private closeFd(content: LocalContent): void {
    if (content.fd !== null) this.volume(content).closeSync(content.fd);
    content.fd = null;
    this.openContents.delete(content);
  }

  private ensureSpool(): string {
    if (this.spoolDirectory === null) {
      this.spoolDirectory = nodeFs.mkdtempSync(join(tmpdir(), `wandb-fs-spool-${process.pid}-`));
      removeAtExit(this.spoolDirectory);
    }
    return this.spoolDirectory;
  }

  /** Content that can grow to `size`: moved to the spool when it gets large, copied when an upload reads it. */
  private writable(inode: Inode, size: number): LocalContent {
    const content = contentOf(inode);
    const { cacheBytes } = this.options;
    const isLarge =
      size > cacheBytes / SPOOL_SHARE || this.memoryBytes + size - content.size > cacheBytes / 2;
    if (content.sealedFor === null && (content.isSpooled || !isLarge)) return content;
    const copy = this.open(true);
    const chunk = new Uint8Array(Math.min(content.size, COPY_BYTES));
    for (let position = 0; position < content.size; ) {
      const count = this.volume(content).readSync(this.fdOf(content), chunk, 0, chunk.byteLength, position);
      if (count === 0) throw new Failure('EIO', 'Local content ended before its size.');
      nodeFs.writeSync(this.fdOf(copy), chunk, 0, count, position);
      position += count;
    }
    this.account(copy, content.size);
    this.drop(inode);
    inode.ensureLocal().content = copy;
    return copy;
  }

  private resize(content: LocalContent, length: number): void {
    this.volume(content).ftruncateSync(this.fdOf(content), length);
    this.account(content, length);
  }

  private account(content: LocalContent, size: number): void {
    if (content.isSpooled) this.spooledBytes += size - content.size;
    else this.memoryBytes += size - content.size;
    content.size = size;
  }

  private remove(content: LocalContent): void {
    this.volume(content).unlinkSync(content.file);
    this.account(content, 0);
  }

  private keepSealed(ino: number, { file, size }: LocalContent, generation: number): void {
    const files = this.sealed.get(ino) ?? [];
    files.push({ file, size, generation });
    this.sealed.set(ino, files);
  }
}

/** The private directories of all mounts of this process, removed with it. */
const spools = new Set<string>();
let isRemovedAtExit = false;

function removeAtExit(directory: string): void {
  if (!isRemovedAtExit) {
    isRemovedAtExit = true;
    process.once('exit', () => {
      for (const spool of spools) nodeFs.rmSync(spool, { recursive: true, force: true });
    });
  }
  spools.add(directory);
}

const COPY_BYTES = 1024 * 1024;

function contentOf(inode: Inode): LocalContent {
  const content = inode.local?.content;
  if (!content) throw new Error('the inode has no local content');
  return content;
}
