import { RUN_FILE } from '../../contract/world/format.js';
import type { Instance } from '../world/instance.js';
import { objectKey, type Run } from '../world/records.js';
import type { Content, Named } from './files.js';
import type { Make, Reading } from './makes.js';
import type { Sheet } from './sheet.js';

interface RunFile {
  readonly name: string;
  readonly content: Content;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

export async function readRun({ instance, files }: Reading, { name, place }: Named): Promise<Make> {
  const sheet = await files.sheet(`${place}/${RUN_FILE}`);
  const about = readAbout(sheet);
  const rows: RunFile[] = [];
  for (const [called, file] of await files.ofUnit(place, sheet)) {
    const content = await files.content(called, file.place, file.sheet);
    const [createdAt = null, updatedAt = null] = [
      file.sheet?.time('createdAt'),
      file.sheet?.time('updatedAt'),
    ];
    file.sheet?.end();
    rows.push({ name: called, content, createdAt, updatedAt });
  }
  sheet.end();
  return (project) => {
    const run = instance.world.ensureRun(project, name);
    Object.assign(run, { state: 'finished', ...about });
    if (about.createdAt !== undefined) run.heartbeatAt = about.heartbeatAt ?? about.createdAt;
    for (const row of rows) writeFile(instance, run, row);
  };
}

/** What the sheet tells; what it doesn't stays as the server has it. */
function readAbout(sheet: Sheet): Partial<Run> {
  const config = sheet.object('config');
  const summary = sheet.object('summary');
  const told = {
    displayName: sheet.text('displayName'),
    state: sheet.text('state'),
    tags: sheet.texts('tags'),
    group: sheet.text('group'),
    jobType: sheet.text('jobType'),
    sweepName: sheet.text('sweep'),
    description: sheet.text('description'),
    notes: sheet.text('notes'),
    commit: sheet.text('commit'),
    host: sheet.text('host'),
    exitcode: sheet.number('exitCode'),
    createdAt: sheet.time('createdAt'),
    heartbeatAt: sheet.time('heartbeatAt'),
    config: config && JSON.stringify(withValues(config)),
    summaryMetrics: summary && JSON.stringify(summary),
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
}

/** As the service keeps a config. */
const withValues = (config: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }]));

function writeFile(instance: Instance, run: Run, { name, content, createdAt, updatedAt }: RunFile): void {
  const { world, storage } = instance;
  const row = world.declare(run, name);
  if (content.bytes !== null) world.writeFinal(run, name, content.bytes);
  else {
    storage.leaveOut(objectKey(row), content);
    row.settlesAt = Date.now();
    world.settle(row);
  }
  Object.assign(row, { createdAt: createdAt ?? row.createdAt });
  row.updatedAt = updatedAt ?? row.updatedAt;
}
