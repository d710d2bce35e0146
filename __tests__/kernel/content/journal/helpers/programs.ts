import type { Entry } from '../../../../../src/contract/entry.js';
import { treePath } from '../../../../../src/contract/tree-path.js';

/** A step that both a child process and the model take; plain data, so that it can be handed over. */
export type Step =
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  /** Behind what is there, in the same blob. */
  | { readonly do: 'append'; readonly path: string; readonly text: string }
  | { readonly do: 'note'; readonly path: string; readonly record: Note }
  | { readonly do: 'remove'; readonly path: string }
  | { readonly do: 'rename'; readonly from: string; readonly to: string };

type Note =
  | { readonly kind: 'draft' }
  | { readonly kind: 'directory' }
  | { readonly kind: 'copy'; readonly entry: Entry }
  | { readonly kind: 'reference'; readonly uri: string };

/** What a path holds: the text of content, or the record of anything else as JSON. */
export type Contents = Readonly<Record<string, string>>;

const entry: Entry = {
  path: treePath('e/p/c/draft/copied'),
  kind: 'file',
  origin: treePath('e/p/c/v0/file'),
  size: 3,
  mtimeMs: 1,
  birthtimeMs: 1,
  version: 'md5:AAAA',
  md5: 'AAAA',
  id: null,
  isReadOnly: false,
};

/** Every kind of record, and every way in which one replaces, moves or takes away another. */
export const STEPS: readonly Step[] = [
  { do: 'write', path: 'e/p/r/a', text: 'first' },
  { do: 'write', path: 'e/p/r/dir/x', text: 'x'.repeat(500) },
  { do: 'write', path: 'e/p/r/dir/deep/y', text: 'wird größer' },
  { do: 'write', path: 'e/p/r/a', text: 'second' },
  { do: 'rename', from: 'e/p/r/dir', to: 'e/p/r/moved' },
  { do: 'append', path: 'e/p/r/moved/x', text: 'more' },
  { do: 'note', path: 'e/p/c/draft', record: { kind: 'draft' } },
  { do: 'note', path: 'e/p/c/draft/sub', record: { kind: 'directory' } },
  { do: 'note', path: 'e/p/c/draft/copied', record: { kind: 'copy', entry } },
  { do: 'note', path: 'e/p/c/draft/linked', record: { kind: 'reference', uri: 's3://bucket/key' } },
  { do: 'write', path: 'e/p/c/draft/sub/z', text: '' },
  { do: 'rename', from: 'e/p/r/moved/deep/y', to: 'e/p/r/a' },
  { do: 'remove', path: 'e/p/r/moved' },
  { do: 'write', path: 'e/p/r/moved', text: 'a file now' },
  { do: 'remove', path: 'e/p/r/nothing' },
];

/** What paths hold behind these steps. */
export function contentsAfter(steps: readonly Step[]): Contents {
  const state = new Map<string, string>();
  const below = (path: string): string[] =>
    [...state.keys()].filter((key) => key === path || key.startsWith(`${path}/`));
  const drop = (path: string): void => {
    for (const key of below(path)) state.delete(key);
  };
  for (const step of steps) {
    if (step.do === 'write') state.set(step.path, step.text);
    else if (step.do === 'append') state.set(step.path, `${state.get(step.path)}${step.text}`);
    else if (step.do === 'note') state.set(step.path, JSON.stringify(step.record));
    else if (step.do === 'remove') drop(step.path);
    else {
      const moved = below(step.from).map((key) => [key, state.get(key) ?? ''] as const);
      drop(step.from);
      drop(step.to);
      for (const [key, text] of moved) state.set(step.to + key.slice(step.from.length), text);
    }
  }
  return Object.fromEntries([...state].sort());
}
