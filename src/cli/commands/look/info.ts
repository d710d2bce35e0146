import type { Command } from '../../command.js';
import { fields } from '../../output/fields.js';
import { document } from '../../output/json.js';

interface Options {
  readonly json?: boolean;
}

export const info: Command<Options> = {
  declare: (command) =>
    command.argument('<path>', 'what W&B is asked about').option('--json', 'all of it, as one object'),
  examples: ['info wandbfs://team/project/run', 'info --json wandbas://team/project/dataset/images/latest'],

  async run(session, operands, { json }) {
    await session.each(operands, async (_, text) => {
      const place = await session.remotePlace(text);
      const { path, ...facts } = await (await session.wandbFsOf(place)).wandb.info(place.path);
      const told = { path: session.print({ kind: place.kind, path }), ...facts };
      if (json) await session.out.write(document(told));
      else for (const line of fields(told, session)) await session.out.line(line);
    });
  },
};
