import { wandbArtifacts } from './index.js';

export { wandbArtifacts };

export default wandbArtifacts;
