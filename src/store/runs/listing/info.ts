import type { Facts, FileFacts, RunFacts } from '../../../contract/facts.js';
import { Failure } from '../../../contract/failure.js';
import type { TreePath } from '../../../contract/tree-path.js';
import { FileInfoDocument, RunInfoDocument } from '../../../wire/generated.js';
import { entityInfo, projectInfo } from '../../common/levels/info.js';
import { nodesOf } from '../../common/levels/nodes.js';
import type { RunsContext } from '../context.js';
import { placeOf, type RunName } from '../places.js';
import { fileFacts, runFacts } from './facts.js';

/** What W&B knows of a path beyond its entry: one request. */
export class Info {
  constructor(private readonly context: RunsContext) {}

  /** Rejects with ENOENT. */
  async info(path: TreePath, signal: AbortSignal | undefined): Promise<Facts> {
    const facts = await this.factsOf(path, signal);
    if (!facts) throw new Failure('ENOENT');
    return facts;
  }

  private async factsOf(path: TreePath, signal: AbortSignal | undefined): Promise<Facts | null> {
    const { names, unit, run, file } = placeOf(path);
    const [entity, project] = names;
    if (entity === undefined) return { kind: 'root' };
    if (project === undefined) return entityInfo(this.context, entity, signal);
    if (run === null || unit === null) return projectInfo(this.context, { entity, project }, signal);
    return file === null ? this.run(run, signal) : this.file(unit, run, file, signal);
  }

  private async run(run: RunName, signal: AbortSignal | undefined): Promise<RunFacts | null> {
    const { project } = await this.context.client.run(RunInfoDocument, { ...run }, { signal });
    return project?.run ? runFacts(run, project.run) : null;
  }

  private async file(
    unit: TreePath,
    run: RunName,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<FileFacts | null> {
    const variables = { ...run, names: [name] };
    const { project } = await this.context.client.run(FileInfoDocument, variables, { signal });
    if (!project?.run) return null;
    const { files } = project.run;
    if (!files) throw new Failure('EPROTO', "The server doesn't tell the files of the run.");
    const row = nodesOf(files).find((each) => each.name === name);
    return row ? fileFacts(unit, row) : null;
  }
}
