export type {
  SeedArtifacts,
  SeedCollection,
  SeededCollection,
  SeededVersion,
  SeedLink,
  SeedReference,
  SeedVersion,
} from './artifacts/seeding.js';
export { type FakeWandb, startFakeWandb } from './fake-wandb.js';
export {
  type FaultLane,
  type FaultProxy,
  type FaultProxyOptions,
  type ProxyCounts,
  type ProxyFault,
  type ProxyFaultKind,
  type ProxyHit,
  type ProxyRule,
  startFaultProxy,
} from './fault-proxy/index.js';
export type { Fault, FaultMatch } from './faults.js';
export {
  ARTIFACT_FEATURES,
  type FakeWandbOptions,
  type Finalize,
  type Limits,
  type Organization,
  RUN_FEATURES,
  type Viewer,
} from './options.js';
export type { TestHooks } from './runner/hooks.js';
export { type UsedFakeWandb, type UseFakeWandbOptions, useFakeWandb } from './runner/use-fake-wandb.js';
export type { RequestRecord } from './server/log.js';
export type { SeedFiles, SeedRun, SeedTree } from './world/seeding.js';
