import { bare, type Fs, type Operation, type Side } from './program.js';

const isNode20 = process.versions.node.startsWith('20.');

/**
 * What of an error both sides must agree on: all that Node's own errors have. Behind the errno's text we add a sentence
 * of our own now and then. Refusals are worded as those of Node 20; under others their codes count.
 */
export function comparable(error: unknown, side: Side): unknown {
  const { name, message, code, errno, syscall, path, dest } = error as NodeJS.ErrnoException & {
    dest?: string;
  };
  const told = (text: string | undefined): string | undefined => text && bare(side, text);
  if (code?.startsWith('ERR_')) return isNode20 ? { name, code, message: told(message) } : { code };
  return {
    name,
    code,
    errno,
    syscall,
    path: told(path),
    dest: told(dest),
    message: withoutSentence(told(message) ?? ''),
  };
}

/** What came of an operation: its value, or its error. */
export async function outcomeOf(operation: Operation, side: Side): Promise<unknown> {
  try {
    return { value: (await operation.run(side)) ?? null };
  } catch (error) {
    return comparable(error, side);
  }
}

/** `ENOENT: no such file or directory, open '<base>/a': Ours.` without what is ours. */
const withoutSentence = (message: string): string =>
  message.replace(/^(E[A-Z]+: [^,]+, \w+(?: '[^']*')?(?: -> '[^']*')?): .*$/s, '$1');

/** The files below a directory with their content, the directories as null. */
export function treeOf(fs: Fs, base: string): Record<string, string | null> {
  const names = fs.readdirSync(base, { recursive: true }).map(String).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = `${base}/${name}`;
      return [name, fs.statSync(path).isDirectory() ? null : fs.readFileSync(path, 'latin1')];
    }),
  );
}

/** Of a tree the files alone, which is all that W&B stores. */
export const contentsOf = (tree: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
