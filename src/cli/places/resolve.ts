import type { WandbFs } from '../../index.js';
import { UsageError } from '../usage-error.js';
import type { Place, Written } from './place.js';

/** The filesystems of both trees, made when they are asked for. */
export interface Trees {
  runs(): Promise<WandbFs>;
  artifacts(): Promise<WandbFs>;
}

/** Where that is which was written. Only a version without its type costs requests: its project is asked which types it has. */
export async function resolvePlace(written: Written, trees: Trees): Promise<Place> {
  if (written.kind === 'web') {
    const { tree, text } = written;
    const fs = await trees[tree]();
    return { kind: tree, path: fs.wandb.pathOf(text), text };
  }
  return written.kind === 'sdk' ? resolveVersion(written, trees) : written;
}

async function resolveVersion(written: Extract<Written, { kind: 'sdk' }>, trees: Trees): Promise<Place> {
  const { project, collection, version, below, text } = written;
  const { promises } = await trees.artifacts();
  const types = await promises.readdir(project);
  const paths = types.map((type) => `${project}/${type}/${collection}`);
  const found = await Promise.all(paths.map(async (path) => ((await isThere(promises, path)) ? [path] : [])));
  const [path, another] = found.flat();
  if (path !== undefined && another === undefined) {
    return { kind: 'artifacts', path: `${path}/${version}${below}`, text };
  }
  if (another !== undefined) {
    throw new UsageError(
      `'${text}' may be of several types: write 'wandbas:/${path}/${version}${below}' or 'wandbas:/${another}/${version}${below}'.`,
    );
  }
  throw Object.assign(
    new Error(
      `ENOENT: no such collection, '${text}'. No type of artifacts in 'wandbas:/${project}' has '${collection}'; a local file of that name is './${text}'.`,
    ),
    { code: 'ENOENT', path: text },
  );
}

async function isThere(promises: WandbFs['promises'], path: string): Promise<boolean> {
  try {
    await promises.lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
