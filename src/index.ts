import { createDefaultArtifactFs, createDefaultFs } from './node/create-fs.js';
import type { WandbFs } from './node/faces/create.js';

export type {
  DeletableLevel,
  Logger,
  ReferenceOptions,
  ReferenceReader,
  WandbArtifactFsOptions,
  WandbFsOptions,
} from './config/options.js';
export type { FaultEvent, RequestEvent, UploadEvent } from './contract/channels.js';
export type { Counters, RemoteCounters, RequestCounts, RequestKind } from './contract/counters.js';
export type { CommitOptions, Committed } from './contract/drafts.js';
export type { ConsoleLine, ConsoleLines } from './contract/knowledge/console.js';
export { createWandbArtifactFs, createWandbFs } from './node/create-fs.js';
export type { WandbFs } from './node/faces/create.js';
export { type MountedFs, type MountsControl, mountAll } from './node/mounts/mount-all.js';
export type { ConsoleOptions } from './node/wandb/console.js';
export type { WandbControl } from './node/wandb/control.js';
export type { FindOptions, RunOrder, RunsFound } from './node/wandb/find.js';
export type {
  ArtifactTypeInfo,
  CollectionInfo,
  DirectoryInfo,
  DraftInfo,
  EntityInfo,
  FileInfo,
  ProjectInfo,
  RootInfo,
  RunInfo,
  VersionInfo,
  WandbInfo,
} from './node/wandb/info.js';
export {
  type ArtifactCacheOptions,
  type ArtifactCacheUsage,
  artifactCache,
} from './node/wandb/kept/artifact-cache.js';
export { type LeftEntry, type LeftJournal, openLeftJournal } from './node/wandb/kept/left-journal.js';
export type { MirrorEnd, Mirrored, MirrorOptions, MirrorProgress } from './node/wandb/mirroring/options.js';
export type { Recorded, RecordOptions } from './node/wandb/recording/options.js';
export type {
  FilterOperators,
  FilterValue,
  RunFilters,
  TextFilter,
  ValueFilters,
} from './node/wandb/run-filters.js';
export type { GetOptions, TransferOptions, TransferProgress } from './node/wandb/transfers/options.js';
export type { UploadEvents } from './node/wandb/uploads.js';

/** Run files, configured from the environment at the first use. */
export const wandbFs: WandbFs = createDefaultFs();

/** Artifacts, configured likewise; the default export of 'wandb-fs/artifacts'. */
export const wandbArtifacts: WandbFs = createDefaultArtifactFs();

export default wandbFs;
