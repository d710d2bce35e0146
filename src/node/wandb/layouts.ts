import { Failure } from '../../contract/failure.js';
import { SHAPES } from '../../io/owner/store-choice.js';
import type { Layout } from '../arguments/layout.js';
import { decoded } from '../arguments/paths.js';
import { ofSdkAddress, REGISTRY_PATH, rewritten, USE_ARTIFACTS, USE_RUNS } from './notations.js';

/** How one of W&B's trees is written elsewhere. */
interface Writing {
  readonly kind: 'runs' | 'artifacts';
  /** As in the addresses of the Python adapter: `wandbfs://entity/project/run/file`. */
  readonly scheme: 'wandbfs' | 'wandbas';
  /** What the other tree says of its addresses. */
  readonly advice: string;
}

/** `/<entity>/<project>/<kind>/<name…>/files/<file…>`, with the names of the unit below the project. */
function layout({ kind, scheme }: Writing, other: Writing): Layout {
  const shape = SHAPES[kind];
  const isArtifacts = kind === 'artifacts';
  const depth = shape.levels.length - 2;
  /** What only the page has (such as a tab) is left out. */
  const fromApp = (names: readonly string[]): readonly string[] => {
    if (names[0] === 'orgs' || names[0] === 'registry') return fromRegistry(names, isArtifacts);
    const project = names.slice(0, 2);
    if (names[2] === other.kind && names.length > 3) throw new Failure('ENOENT', other.advice);
    if (names[2] !== kind) return project;
    const unit = names.slice(3, 3 + depth);
    const file = names[3 + depth] === 'files' ? names.slice(4 + depth) : [];
    return [...project, ...unit, ...file];
  };
  return {
    shape,
    fromAddress(text, appPath) {
      const found = ADDRESS.exec(text)?.[1]?.toLowerCase();
      if (found === undefined) return null;
      if (found === scheme) return text.slice(`${scheme}://`.length).split('/');
      if (found === other.scheme) throw new Failure('ENOENT', other.advice);
      if (found === 'wandb-artifact') throw new Failure('ENOENT', ofSdkAddress(text));
      const inApp = URL.canParse(text) ? appPath(new URL(text)) : null;
      if (inApp === null) throw new Failure('ENOENT', 'This is no address of the W&B app.');
      return fromApp(inApp.split('/').slice(1).map(decoded));
    },
    // No collection has a ':' in its name; above it a type may.
    fromSdk(names) {
      const [collection, version, ...others] = isArtifacts ? (names[3]?.split(':') ?? []) : [];
      if (!collection || !version || others.length > 0) return names;
      return [...names.slice(0, 3), collection, version, ...names.slice(4)];
    },
    toApp(names) {
      const [unit, file] = [names.slice(2, 2 + depth), names.slice(2 + depth)];
      return [
        ...names.slice(0, 2),
        ...(unit.length > 0 ? [kind, ...unit] : []),
        ...(file.length > 0 ? ['files', ...file] : []),
      ];
    },
    rewritten: (mount, path, at) => rewritten(isArtifacts, mount, path, at),
  };
}

const ADDRESS = /^(wandb[af]s|wandb-artifact|https?):\/\//i;

/** `orgs/<organization>/registry/<name>`: the page tells collections by a query, and of types nothing. */
function fromRegistry(
  [orgs, organization, registry, name]: readonly string[],
  isArtifacts: boolean,
): readonly string[] {
  if (!isArtifacts) throw new Failure('ENOENT', `This is an address of a registry: ${USE_ARTIFACTS}.`);
  if (orgs !== 'orgs' || organization === undefined || registry !== 'registry' || name === undefined) {
    throw new Failure('ENOENT', `This page shows no path; a registry's is '${REGISTRY_PATH}'.`);
  }
  return [organization, `wandb-registry-${name}`];
}

const RUN_FILES: Writing = {
  kind: 'runs',
  scheme: 'wandbfs',
  advice: `This is an address of run files: ${USE_RUNS}.`,
};
const ARTIFACT_FILES: Writing = {
  kind: 'artifacts',
  scheme: 'wandbas',
  advice: `This is an address of artifacts: ${USE_ARTIFACTS}.`,
};

export const RUNS = layout(RUN_FILES, ARTIFACT_FILES);
export const VIEWED_RUNS: Layout = { ...RUNS, shape: SHAPES.viewedRuns };
export const ARTIFACTS = layout(ARTIFACT_FILES, RUN_FILES);
