import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot } from '../helpers/processes.js';

/**
 * A user's project: the built package is a copy below its `node_modules`, for runners treat what lies there in their own
 * ways. What the package and the runners need is found one directory above.
 */
export async function makeProject(fixture = 'ends'): Promise<string> {
  const directory = await makeDirectory();
  const project = join(directory, 'project');
  const installed = join(project, 'node_modules/wandb-fs');
  await cp(join(packageRoot, '__fixtures__', fixture), project, { recursive: true });
  await mkdir(installed, { recursive: true });
  await cp(join(packageRoot, 'package.json'), join(installed, 'package.json'));
  await cp(join(packageRoot, 'dist'), join(installed, 'dist'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map'),
  });
  await symlink(join(packageRoot, 'node_modules'), join(directory, 'node_modules'), 'junction');
  const jest = { testEnvironment: 'node', testMatch: ['**/jest/*.test.cjs'], transform: {} };
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, jest }));
  return project;
}
