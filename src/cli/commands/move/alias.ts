import { posix } from 'node:path';
import type { Command } from '../../command.js';
import { UsageError } from '../../usage-error.js';

interface Options {
  readonly delete?: boolean;
}

export const alias: Command<Options> = {
  declare: (command) =>
    command
      .argument('<version>', 'a version of an artifact')
      .argument('<name...>', 'aliases of it; one that another version has moves')
      .option('-d, --delete', 'remove them from it'),
  examples: ['alias wandbas://team/project/model/net/v3 prod', 'alias --delete team/project/net:v3 old'],
  isWriting: true,

  async run(session, [text = '', ...names], { delete: removes }) {
    const place = await session.remotePlace(text);
    if (place.kind !== 'artifacts')
      throw new UsageError(`'${text}' is of a run: only versions of artifacts have aliases.`);
    const { promises } = await session.fsOf(place);
    const version = posix.basename(await promises.realpath(place.path));
    const collection = posix.dirname(place.path);
    for (const name of names) {
      try {
        const path = posix.join(collection, name);
        if (removes) await remove(path);
        else await promises.symlink(version, path);
      } catch (error) {
        await session.report(error);
      }
    }

    async function remove(path: string): Promise<void> {
      const of = await promises.readlink(path);
      if (of !== version) {
        throw new UsageError(`'${posix.basename(path)}' is an alias of ${of}, not of ${version}; it stays.`);
      }
      await promises.unlink(path);
    }
  },
};
