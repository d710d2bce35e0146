import { createHash } from 'node:crypto';
import type { Entry, Lookup, Page } from '../../../src/contract/entry.js';
import { treePath } from '../../../src/contract/tree-path.js';

const known = new WeakMap<Uint8Array, string>();

/** Of bytes that nobody changes; of a large content it is asked for with each of its windows. */
export function md5Of(bytes: Uint8Array): string {
  const md5 = known.get(bytes) ?? createHash('md5').update(bytes).digest('base64');
  known.set(bytes, md5);
  return md5;
}

const UNIT_DEPTH = 3;

interface Row {
  readonly entry: Entry;
}

/**
 * A remote with one project's runs, as plain data: what the storage holds (`bytes`), and what listings show (`rows`),
 * which may lag until `finalise`.
 */
export class ScriptedServer {
  readonly bytes = new Map<string, Uint8Array>();
  private readonly rows = new Map<string, Row>();
  readonly unfinalised = new Set<string>();
  /** Paths whose bytes aren't what was sent; their tag tells. */
  readonly broken = new Set<string>();
  readonly units = new Set<string>();
  /** Listings show uploads at once, or only after `finalise`. */
  isLagging = false;
  private serial = 0;
  /** When units were made; null: whenever they are asked for. */
  bornAt: number | null = null;

  constructor(
    private readonly now: () => number,
    /** Files of a listing's first page. */
    public pageSize = 1000,
  ) {}

  /** Files of a page that is told before a listing's reply. */
  toldSize = Number.POSITIVE_INFINITY;

  mkunit(path: string): void {
    this.units.add(path);
  }

  /** A write by somebody else: bytes and row at once. */
  write(path: string, content: string | Uint8Array): void {
    this.mkunit(path.split('/').slice(0, UNIT_DEPTH).join('/'));
    this.store(path, typeof content === 'string' ? Buffer.from(content) : content);
    this.finalise(path);
  }

  /** A PUT that arrived. */
  store(path: string, bytes: Uint8Array): void {
    this.bytes.set(path, bytes);
    this.unfinalised.add(path);
    if (!this.isLagging) this.finalise(path);
  }

  finalise(path: string): void {
    const bytes = this.bytes.get(path);
    this.unfinalised.delete(path);
    if (bytes) this.rows.set(path, { entry: this.entryFor(path, bytes) });
  }

  text(path: string): string | undefined {
    const bytes = this.bytes.get(path);
    return bytes && Buffer.from(bytes).toString();
  }

  delete(path: string): void {
    this.bytes.delete(path);
    this.rows.delete(path);
    this.unfinalised.delete(path);
  }

  entryFor(path: string, bytes: Uint8Array): Entry {
    const md5 = md5Of(bytes);
    return this.entry(path, 'file', bytes.byteLength, `md5:${md5}`, md5);
  }

  private entry(
    path: string,
    kind: Entry['kind'],
    size: number | null,
    version: string,
    md5: string | null,
  ): Entry {
    const at = this.now();
    return {
      path: treePath(path),
      kind,
      size,
      mtimeMs: at,
      birthtimeMs: at,
      version,
      md5,
      id: `id${++this.serial}`,
      isReadOnly: false,
    };
  }

  private directory(path: string): Entry {
    const entry = this.entry(path, 'directory', null, 'directory', null);
    const at = this.bornAt ?? entry.mtimeMs;
    return { ...entry, mtimeMs: at, birthtimeMs: at };
  }

  lookup(path: string, listing: boolean): Lookup {
    const segments = path.split('/');
    const ancestors: Entry[] = [];
    const known = new Set([...this.units].flatMap((unit) => prefixes(unit)));
    for (const prefix of prefixes(segments.slice(0, Math.min(segments.length - 1, UNIT_DEPTH)).join('/'))) {
      if (known.has(prefix)) ancestors.push(this.directory(prefix));
    }
    const unit = segments.slice(0, UNIT_DEPTH).join('/');
    const hasUnit = segments.length >= UNIT_DEPTH && this.units.has(unit);
    let found: Lookup['found'] = null;
    if (segments.length <= UNIT_DEPTH) found = known.has(path) ? this.directory(path) : null;
    else if (this.rows.has(path)) found = this.rows.get(path)?.entry ?? null;
    else if ([...this.rows.keys()].some((name) => name.startsWith(`${path}/`))) found = 'prefix';
    const all = this.filesOf(unit);
    const isComplete = all.length <= this.pageSize;
    return {
      found,
      ancestors,
      listing:
        listing && hasUnit
          ? {
              entries: all.slice(0, this.pageSize),
              isComplete,
              next: isComplete ? null : String(this.pageSize),
            }
          : null,
    };
  }

  list(path: string): readonly Entry[] | null {
    const depth = path === '' ? 0 : path.split('/').length;
    if (depth === UNIT_DEPTH) return this.units.has(path) ? this.filesOf(path) : null;
    const known = new Set([...this.units].flatMap((unit) => prefixes(unit)));
    if (path !== '' && !known.has(path)) return null;
    return [...known]
      .filter((name) => name.split('/').length === depth + 1 && (path === '' || name.startsWith(`${path}/`)))
      .map((name) => this.directory(name));
  }

  page(path: string, after: string | null): Page | null {
    const entries = this.list(path);
    if (!entries) return null;
    const start = Number(after ?? 0);
    const end = start + this.pageSize;
    const rows = entries.slice(start, end);
    return { entries: rows, rows: rows.length, next: end < entries.length ? String(end) : null };
  }

  filesOf(unit: string): Entry[] {
    return [...this.rows]
      .filter(([name]) => name.startsWith(`${unit}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { entry }]) => entry);
  }
}

const prefixes = (path: string): string[] =>
  path === '' ? [] : path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
