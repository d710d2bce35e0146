import { createArtifactsStore } from '../../src/store/artifacts.js';
import { ARTIFACT_FEATURES, type FakeWandbOptions, RUN_FEATURES } from '../../src/testing/index.js';
import { VERSIONS } from './contract/setup.js';
import { describeStore } from './contract.js';
import { overArtifacts } from './helpers/versions-setup.js';
import { describeVersions } from './version-contract.js';

/** The modes of a server that the store must be right in. */
const SERVERS: Readonly<Record<string, FakeWandbOptions>> = {
  artifacts: { features: [...RUN_FEATURES, ...ARTIFACT_FEATURES] },
  'artifacts, small limits, at S3': {
    limits: { page: 3, names: 2, artifactFiles: 2 },
    storage: 's3',
  },
  'artifacts, without features': { features: [] },
};

for (const [name, server] of Object.entries(SERVERS)) {
  const setup = overArtifacts(createArtifactsStore, server);
  describeStore(name, setup, VERSIONS);
  describeVersions(name, setup);
}
