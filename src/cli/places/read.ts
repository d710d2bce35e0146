import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../usage-error.js';
import { type Place, type Reading, type RemotePlace, SCHEMES, type Written } from './place.js';

/**
 * What a path of the command line names: an address of either tree, a page of the app, a version as the SDK writes it, with
 * `--runs` or `--artifacts` a short form; anything else is local, and what begins with '/', './' or '../' always.
 *
 * @throws UsageError for what is none of them, with what was meant
 */
export function readPlace(text: string, reading: Reading): Written {
  if (text === '') throw new UsageError('A path is empty.');
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]+):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme !== undefined) return readAddress(text, scheme.toLowerCase(), rest, reading);
  const [, cut, below] = /^(wandb[af]s|https?):\/?([^/].*)$/is.exec(text) ?? [];
  if (cut !== undefined) {
    throw new UsageError(
      `'${text}': an address has two slashes: '${cut}://${below}' (a local file: './${text}').`,
    );
  }
  if (saysLocal(text)) return { kind: 'local', path: text, text };
  if (reading.tree !== null) return readShort(text, reading.tree, reading);
  const names = namesOf(text);
  if (names.length >= 3 && VERSION_NAME.test(names[2] ?? '')) return sdkName(names, text);
  if (names.length >= 4 && !names.slice(0, 3).join().includes(':') && VERSION_NAME.test(names[3] ?? '')) {
    return remote('artifacts', names, text);
  }
  return { kind: 'local', path: text, text };
}

/** What `--runs` or `--artifacts` begin with by themselves; null without them. */
export const readTop = (reading: Reading): Place | null =>
  reading.tree === null ? null : remote(reading.tree, shortNames('', reading.tree, reading), '');

function readAddress(text: string, scheme: string, rest: string, reading: Reading): Written {
  switch (scheme) {
    case 'wandbfs':
      return remote('runs', namesOf(rest), text);
    case 'wandbas':
      return readArtifacts(namesOf(rest), text);
    case 'wandb-artifact': {
      const names = namesOf(rest);
      if (names.length >= 3) return readArtifacts(names, text);
      throw new UsageError(
        `'${text}' names a version by its id, which no path tells: write 'wandbas://<entity>/<project>/<type>/<collection>/<version>'.`,
      );
    }
    case 'http':
    case 'https':
      return { kind: 'web', tree: treeOfPage(text, reading), text };
    case 'file':
      return { kind: 'local', path: fileURLToPath(text), text };
    default:
      throw new UsageError(
        `'${text}': '${scheme}://' is nothing that wandb-fs reads; it reads wandbfs://, wandbas://, pages of the W&B app and local paths (a local file: './${text}').`,
      );
  }
}

/** The page of a project may be meant either way. */
function treeOfPage(text: string, { tree }: Reading): RemotePlace['kind'] {
  if (/\/(artifacts|registry)(\/|$)|\/wandb-registry-/.test(text)) return 'artifacts';
  return /\/runs(\/|$)/.test(text) ? 'runs' : (tree ?? 'runs');
}

function readShort(text: string, tree: RemotePlace['kind'], reading: Reading): Written {
  const names = shortNames(text, tree, reading);
  return tree === 'artifacts' ? readArtifacts(names, text) : remote('runs', names, text);
}

function shortNames(
  text: string,
  tree: RemotePlace['kind'],
  { entity, project }: Reading,
): readonly string[] {
  if (entity !== null || project === null) {
    return [...[entity, project].filter((name) => name !== null), ...namesOf(text)];
  }
  throw new UsageError(
    `'${text}' is short, and WANDB_PROJECT is set without WANDB_ENTITY: set it too, or write '${SCHEMES[tree]}://<entity>/${project}/…'.`,
  );
}

const readArtifacts = (names: readonly string[], text: string): Written =>
  VERSION_NAME.test(names[2] ?? '') ? sdkName(names, text) : remote('artifacts', names, text);

const VERSION_NAME = /^[^:]+:[^:]+$/;

function sdkName(names: readonly string[], text: string): Written {
  const [entity, project, name = '', ...below] = names;
  const [collection = '', version = ''] = name.split(':');
  const rest = below.map((each) => `/${each}`).join('');
  return { kind: 'sdk', project: `/${entity}/${project}`, collection, version, below: rest, text };
}

const remote = (kind: RemotePlace['kind'], names: readonly string[], text: string): RemotePlace => ({
  kind,
  path: `/${names.join('/')}`,
  text,
});

/** It says by itself that it is no short form of anything. */
export const saysLocal = (text: string): boolean =>
  isAbsolute(text) || /^\.{1,2}(?:[\\/]|$)/.test(text) || text === '-';

function namesOf(path: string): readonly string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}
