import { segmentsOf, type TreePath, treePath } from '../../contract/tree-path.js';
import type { Mount } from '../arguments/paths.js';

const ARTIFACT_PATH = '/<entity>/<project>/<type>/<collection>/<version>';
export const REGISTRY_PATH = '/<organization>/wandb-registry-<name>/<type>/<collection>/<version>';

/** Where the other tree is to be had. */
export const USE_ARTIFACTS = `use createWandbArtifactFs(), with paths such as '${ARTIFACT_PATH}'`;
export const USE_RUNS = "use createWandbFs(), with paths such as '/<entity>/<project>/<run>'";

/** `wandb-artifact://…`, as the SDK writes references and the artifacts that a run uses: no type is in it by rights. */
export function ofSdkAddress(address: string): string {
  const named = /^[\w-]+:\/\/([^/:]+)\/([^/:]+)\/(?:([^/:]+)\/)?([^/:]+):([^/]+)(\/.*)?$/.exec(address);
  if (!named) {
    return `This is the W&B SDK's name of a version by its id, which no path tells: ${USE_ARTIFACTS}.`;
  }
  const [, entity, project, type = '<type>', collection, version, file = ''] = named;
  const path = `/${entity}/${project}/${type}/${collection}/${version}${file}`;
  return `This is an address of the W&B SDK: with createWandbArtifactFs() its path is '${path}'.`;
}

/** How a path is written here that is a notation of the SDK or of the app; see `Layout`. */
export function rewritten(isArtifacts: boolean, mount: Mount, below: TreePath, depth: number): string | null {
  // Where it is `root` that isn't there, that is to be written otherwise, and as an option is.
  const isRoot = depth <= segmentsOf(mount.top).length;
  const segments = segmentsOf(isRoot ? mount.top : below);
  const [first = '', second = '', , fourth = '', fifth = ''] = segments;
  const name = segments[depth - 1] ?? '';
  const rest = segments.slice(depth);
  const shown = (...names: readonly string[]): string => {
    const path = treePath([...segments.slice(0, 2), ...names].join('/'));
    return isRoot ? path : mount.show(path);
  };
  if (/^(https?|wandb[af]s|wandb-artifact):$/.test(first)) {
    return 'An address has two slashes, which joining and normalising take from it: give it as it was.';
  }
  if (first.startsWith('wandb-registry-') || (!isArtifacts && second.startsWith('wandb-registry-'))) {
    const where = isArtifacts
      ? `write '${REGISTRY_PATH}'`
      : `use createWandbArtifactFs(), with '${REGISTRY_PATH}'`;
    return `A registry is a project of its organization: ${where}.`;
  }
  if (depth < 3 && (first === 'runs' || second === 'runs')) {
    return `Runs are written '/<entity>/<project>/<run>'.`;
  }
  if (/^[^:]+:[^:]+$/.test(name)) {
    if (!isArtifacts) return `That looks like the version of an artifact: ${USE_ARTIFACTS}.`;
    const [collection = '', version = ''] = name.split(':');
    const path = depth === 3 ? shown('<type>', collection, version, ...rest) : ARTIFACT_PATH;
    return `Versions are written below their types: '${path}'.`;
  }
  if (depth !== 3) return null;
  if (name === 'runs') {
    const [run, files, ...others] = rest;
    if (isArtifacts) return `For files of runs ${USE_RUNS}.`;
    if (run === undefined) return `Runs are listed by their project: '${shown()}'.`;
    const file = files === 'files' || files === undefined ? others : [files, ...others];
    return `Runs are written without 'runs': '${shown(run, ...file)}'.`;
  }
  if (name === 'artifacts') {
    if (!isArtifacts) return `For artifacts ${USE_ARTIFACTS}.`;
    return rest.length > 0
      ? `Artifacts are written without 'artifacts': '${shown(...withoutFiles(rest))}'.`
      : null;
  }
  if (!isArtifacts && (/^[^:]+:[^:]+$/.test(fourth) || VERSION.test(fifth))) {
    return `That looks like the version of an artifact: ${USE_ARTIFACTS}.`;
  }
  if (isArtifacts && VERSION.test(fourth)) {
    return `Versions are written below their types: '${shown('<type>', name, ...rest)}'.`;
  }
  return null;
}

const VERSION = /^(v\d+|latest)$/;

/** The app has 'files' behind a version. */
const withoutFiles = (names: readonly string[]): readonly string[] =>
  names[3] === 'files' ? [...names.slice(0, 3), ...names.slice(4)] : names;
