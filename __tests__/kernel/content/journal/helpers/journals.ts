import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treePath } from '../../../../../src/contract/tree-path.js';
import {
  type Journal,
  type JournalOptions,
  openJournal,
} from '../../../../../src/kernel/content/journal/journal.js';
import type { TakenOver } from '../../../../../src/kernel/content/journal/recovery.js';
import type { Contents } from './programs.js';

const directories: string[] = [];
const journals = new Set<Journal>();

afterEach(() => {
  for (const journal of journals) journal.close();
  journals.clear();
});
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Options of a journal in an empty directory of its own. */
export function somewhere(options: Partial<JournalOptions> = {}): JournalOptions {
  const dir = mkdtempSync(join(tmpdir(), 'wandb-fs-test-'));
  directories.push(dir);
  return { dir, identity: 'https://api.wandb.ai runs', fsync: false, ...options };
}

/** A journal that is closed behind the test. */
export function opened(options: JournalOptions): Journal {
  const journal = openJournal(options);
  journals.add(journal);
  return journal;
}

/** Puts content into a journal as a kernel does: first the blob, then its record. */
export function write(journal: Journal, path: string, text: string): string {
  const { name, path: file } = journal.newBlob();
  writeFileSync(file, text, { mode: 0o600 });
  journal.put(treePath(path), {
    kind: 'content',
    blob: name,
    size: Buffer.byteLength(text),
    mode: null,
    mtimeMs: null,
  });
  return file;
}

/** What was taken over, by path, as the model of `programs.ts` tells it. */
export function contentsOf({ recovered }: TakenOver): Contents {
  const found = recovered.map(({ path, record, blobPath, isDamaged }) => {
    if (record.kind !== 'content') return [path, JSON.stringify(record)] as const;
    return [path, blobPath === null || isDamaged ? 'damaged' : readFileSync(blobPath, 'utf8')] as const;
  });
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}
