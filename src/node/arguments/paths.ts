import { isUtf8 } from 'node:buffer';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { Failure } from '../../contract/failure.js';
import {
  isTooLong,
  joinPath,
  LONGEST_NAME_BYTES,
  ROOT,
  segmentsOf,
  type TreePath,
  treePath,
} from '../../contract/tree-path.js';
import type { Operation } from '../../kernel/operation/operation.js';
import type { Kernel } from '../../kernel/syscalls.js';
import type { Layout } from './layout.js';
import { whyMissing } from './missing.js';
import { invalidArgumentType, invalidArgumentValue } from './refusals.js';

/** Where a tree stands in the caller's namespace. */
export interface MountOptions {
  /**
   * The absolute path under which the tree is seen. A path outside it doesn't exist.
   * @default '/'
   */
  readonly mountPoint?: string | undefined;
  /**
   * A subtree, such as 'entity/project', seen as the whole tree.
   * @default ''
   */
  readonly root?: string | undefined;
  /**
   * The path of a web address within the W&B app ('/entity/project/…'); null, or an ENOENT that says more, for an address
   * of another site. Asked only when a path is a web address.
   */
  readonly appPath?: ((address: URL) => string | null) | undefined;
  readonly layout: Layout;
}

/** Maps the paths that callers write to tree paths, textually and without any request. */
export class Mount {
  private readonly mountPoint: readonly string[];
  private readonly root: readonly string[];
  private readonly appPath: (address: URL) => string | null;
  readonly layout: Layout;
  /** The tree path of what callers see as the top. */
  readonly top: TreePath;
  /** What absolute paths in it begin with. */
  private readonly prefix: string;

  constructor({ mountPoint = '/', root = '', appPath = () => null, layout }: MountOptions) {
    if (!mountPoint.startsWith('/')) {
      throw invalidArgumentValue('options.mountPoint', mountPoint, "must start with '/'");
    }
    this.mountPoint = normalised(mountPoint);
    this.root = layout.fromSdk(normalised(root.replace(/^wandb[af]s:\/\//i, '')));
    this.top = treePath(this.root.join('/'));
    this.prefix = `/${this.mountPoint.map((name) => `${name}/`).join('')}`;
    this.appPath = appPath;
    this.layout = layout;
  }

  /**
   * The tree path that a path means; a trailing '/' is kept (it demands a directory).
   * Throws ENOENT for what lies outside the mount, parents of the mount point included, and EILSEQ for what no name can
   * be made of.
   */
  locate(path: string): TreePath {
    const { prefix, top } = this;
    if (IS_OTHERWISE_WRITTEN.test(path) || !isPlainText(path)) return this.locateAny(path);
    if (path.startsWith(prefix)) return joinPath(top, path.slice(prefix.length));
    return prefix === '/' ? joinPath(top, path) : this.locateAny(path);
  }

  private locateAny(path: string): TreePath {
    if (path === '') throw new Failure('ENOENT');
    const below = path.includes(':') ? this.fromNotation(path) : this.belowMountPoint(path);
    for (const name of below) {
      if (LONE_SURROGATE.test(name)) {
        throw new Failure(
          'EILSEQ',
          'Names are UTF-8, and the path holds bytes, or half a character, that is none.',
        );
      }
      if (isTooLong(name)) throw new Failure('ENAMETOOLONG', `Names end at ${LONGEST_NAME_BYTES} bytes.`);
    }
    const tree = joinPath(this.top, below.join('/'));
    return DEMANDS_DIRECTORY.test(path) && tree !== ROOT ? treePath(`${tree}/`) : tree;
  }

  /** The same tree at '/', all of it. */
  whole(): Mount {
    return new Mount({ layout: this.layout, appPath: this.appPath });
  }

  /** The absolute path of a tree path, as callers see it. */
  show(tree: TreePath): string {
    return `/${[...this.mountPoint, ...segmentsOf(tree).slice(this.root.length)].join('/')}`;
  }

  /** The absolute path of a path or address, as callers see it. Throws ENOENT for an address outside the mount. */
  absolute(path: string): string {
    const address = this.fromAddress(path);
    return `/${(address ? [...this.mountPoint, ...this.belowRoot(address)] : this.absoluteNames(path)).join('/')}`;
  }

  /** The names of the absolute path that a path means. */
  private absoluteNames(path: string): readonly string[] {
    // With the tree at '/' a relative path starts at its root, so that 'entity/project/run' works as it reads.
    const isRelative = this.mountPoint.length > 0 && !path.startsWith('/');
    return normalised(isRelative ? `${process.cwd()}/${path}` : path);
  }

  private belowMountPoint(path: string): readonly string[] {
    return without(this.absoluteNames(path), this.mountPoint, 'It lies outside the mount point.');
  }

  /** Of a path with a ':': all notations of others have one. */
  private fromNotation(path: string): readonly string[] {
    const address = this.fromAddress(path);
    const below = address ? this.belowRoot(address) : this.belowMountPoint(path);
    return this.layout.fromSdk([...this.root, ...below]).slice(this.root.length);
  }

  private belowRoot(segments: readonly string[]): readonly string[] {
    return without(segments, this.root, 'It lies outside `root`.');
  }

  /** The segments of an address; null for any other path. */
  private fromAddress(path: string): readonly string[] | null {
    const address = this.layout.fromAddress(path, this.appPath);
    return address && normalised(address.join('/'));
  }
}

/** Most paths stand for themselves: nothing in them has to be left out or rewritten. */
const IS_OTHERWISE_WRITTEN = /^$|:|\/\/|(?:^|\/)\.{1,2}(?:\/|$)|\/$/;

const isPlainText = (path: string): boolean => !isTooLong(path) && !LONE_SURROGATE.test(path);

/** A path that ends with nothing, '.' or '..'. */
const DEMANDS_DIRECTORY = /(^|\/)\.{0,2}$/;

function without(segments: readonly string[], prefix: readonly string[], detail: string): readonly string[] {
  if (prefix.length === 0) return segments;
  if (prefix.some((segment, index) => segments[index] !== segment)) throw new Failure('ENOENT', detail);
  return segments.slice(prefix.length);
}

function normalised(path: string): readonly string[] {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  return segments;
}

/** Undoes a URL's escapes, except where the name isn't one that a path can hold: those stay escaped in trees too. */
export function decoded(segment: string): string {
  try {
    const name = decodeURIComponent(segment);
    return name.includes('/') || name === '.' || name === '..' ? segment : name;
  } catch (error) {
    // A stray '%' is no escape, so it stands for itself.
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/** Half of a character. JavaScript's strings may hold it, names may not: UTF-8 hasn't got it. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Bytes that aren't UTF-8 become halves of characters, which no name can hold: so they are refused where a path is
 * located, and no two paths become one. A base that other trees are mounted over gets the bytes themselves.
 */
const textOfBytes = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString() : bytes.toString().replaceAll('\ufffd', '\udfff');

/** Checks a path argument as Node does and gives it as a string. */
export function asPath(value: unknown, name = 'path'): string {
  const path = isUrl(value) ? fromUrl(value) : value;
  if (typeof path !== 'string' && !types.isUint8Array(path)) {
    throw invalidArgumentType(name, 'of type string or an instance of Buffer or URL', path);
  }
  const text =
    typeof path === 'string' ? path : textOfBytes(Buffer.from(path.buffer, path.byteOffset, path.length));
  if (text.includes('\0')) {
    throw invalidArgumentValue(name, path, 'must be a string, Uint8Array, or URL without null bytes');
  }
  return text;
}

/** A path of this machine's disk; a URL must be a file's. */
export const asLocalPath = (value: unknown, name: string): string =>
  asPath(isUrl(value) ? fileURLToPath(value.href) : value, name);

/** As Node tells them apart: by shape, for a URL may come from another realm. */
const isUrl = (value: unknown): value is URL =>
  typeof value === 'object' &&
  value !== null &&
  'href' in value &&
  Boolean(value.href) &&
  'protocol' in value &&
  Boolean(value.protocol) &&
  !('auth' in value && value.auth !== undefined) &&
  !('path' in value && value.path !== undefined);

function fromUrl(url: URL): string {
  if (/^(https?|wandb-artifact):$/.test(url.protocol)) return url.href;
  if (!/^wandb[af]s:$/.test(url.protocol)) return fileURLToPath(url.href);
  return `${url.protocol}//${[url.host, ...url.pathname.split('/').slice(1)].map(decoded).join('/')}`;
}

/** A path argument: as the caller wrote it, and where that is in the tree. */
export class Place {
  private readonly where: TreePath | Failure;

  constructor(
    private readonly mount: Mount,
    readonly given: string,
    private readonly missing: Kernel['missing'],
  ) {
    try {
      this.where = mount.locate(given);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      this.where = thrown;
    }
  }

  /** Why nothing is there; see `Step.explain`. */
  whyMissing(op: Operation | null, isMaking: boolean): string | null {
    const { where } = this;
    if (typeof where !== 'string') return null;
    return whyMissing(this.mount, where, this.missing(op, where), isMaking);
  }

  get isInside(): boolean {
    return typeof this.where === 'string';
  }

  /** Throws the failure to locate it only here, inside the step that needs it: it is no refused argument. */
  get tree(): TreePath {
    if (typeof this.where !== 'string') throw this.where;
    return this.where;
  }
}
