import type { Instance } from './instance.js';
import type { Run } from './records.js';
import type { SeedRun, SeedTree } from './seeding.js';

/** Puts entities, projects, runs and files on the server, as if they had long been there. Existing ones stay. */
export function seed(instance: Instance, tree: SeedTree, about: SeedRun): void {
  for (const [path, files] of Object.entries(tree)) {
    const [entityName, projectName, runName, ...rest] = path.split('/').filter((part) => part !== '');
    if (!entityName || rest.length > 0) {
      throw new TypeError(
        `Can't seed '${path}': expected 'entity', 'entity/project' or 'entity/project/run'.`,
      );
    }
    if (!runName && Object.keys(files).length > 0) {
      throw new TypeError(`Can't seed files into '${path}': files belong to a run, 'entity/project/run'.`);
    }
    const entity = instance.world.ensureEntity(entityName);
    if (!projectName) continue;
    const project = instance.world.ensureProject(entity, projectName);
    if (!runName) continue;
    const isNew = !project.runs.has(runName);
    const run = instance.world.ensureRun(project, runName);
    if (isNew) run.state = 'finished';
    describe(run, about);
    seedHistory(instance, run, about);
    for (const [name, content] of Object.entries(files)) {
      instance.world.writeFinal(run, name, typeof content === 'string' ? Buffer.from(content) : content);
    }
  }
}

function describe(run: Run, about: SeedRun): void {
  const { config, summaryMetrics, history, parquet, ...plain } = about;
  for (const [key, value] of Object.entries(plain))
    if (value !== undefined) Object.assign(run, { [key]: value });
  if (config) run.config = JSON.stringify(config);
  if (summaryMetrics) run.summaryMetrics = JSON.stringify(summaryMetrics);
}

/** Its Parquet files lie where no file of a run does. */
function seedHistory({ storage }: Instance, run: Run, { history, parquet }: SeedRun): void {
  if (history) run.history.splice(0, run.history.length, ...history.map((row) => JSON.stringify(row)));
  if (!parquet) return;
  const directory = `wandb-history/${run.project.entity.name}/${run.project.name}/${run.name}`;
  const keys = parquet.map((_, index) => `${directory}/${index}.parquet`);
  for (const [index, bytes] of parquet.entries()) storage.put(keys[index] as string, bytes);
  run.parquet = { keys, lines: run.history.length };
}
