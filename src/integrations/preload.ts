import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { disk } from '../platform/disk.js';

const { realpathSync } = disk;

/** `--preload` is Bun's. */
const FLAG = /^(?:--import|--require|-r|--preload)(?:=(?<value>.*))?$/s;

/**
 * Was one of these files asked for by a flag, `--import` or `--require`, on the command line or in NODE_OPTIONS? A module
 * can't see who loads it.
 */
export function isPreloaded(files: readonly string[]): boolean {
  return modulesOfFlags([...optionsIn(process.env.NODE_OPTIONS ?? ''), ...process.execArgv])
    .map(fileOf)
    .some((file) => file !== null && files.includes(file));
}

export function modulesOfFlags(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    const flag = FLAG.exec(arg);
    if (!flag) return [];
    return flag.groups?.value ?? args[index + 1] ?? [];
  });
}

/** As Node splits the variable: at spaces, except within double quotes, where a backslash escapes. */
export function optionsIn(text: string): readonly string[] {
  const quotedOrBare = /(?:"(?:\\.|[^"\\])*"|[^\s"])+/g;
  return (text.match(quotedOrBare) ?? []).map((option) =>
    option.replace(/"((?:\\.|[^"\\])*)"/g, (_, inner: string) => inner.replace(/\\(.)/g, '$1')),
  );
}

/** Null for what isn't found: Node tells of it, or has found it in a way of its own. */
function fileOf(specifier: string): string | null {
  try {
    if (specifier.startsWith('file:')) return realpathSync(fileURLToPath(specifier));
    return createRequire(join(process.cwd(), 'preload')).resolve(specifier);
  } catch {
    return null;
  }
}
