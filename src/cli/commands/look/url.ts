import type { Command } from '../../command.js';
import { JsonList } from '../../output/json.js';

interface Options {
  readonly web?: boolean;
  readonly json?: boolean;
}

export const url: Command<Options> = {
  declare: (command) =>
    command
      .argument('<path...>', 'what the address is of')
      .option('--web', 'its page in the W&B app, in place of a signed address of its content')
      .option('--json', 'a list of path and url'),
  examples: ['url wandbfs://team/project/run/config.yaml', 'url --web wandbfs://team/project/run'],

  async run(session, operands, { web, json }) {
    const list = json ? new JsonList(session.out) : null;
    await session.each(operands, async (_, text) => {
      const place = await session.remotePlace(text);
      const { wandb } = await session.wandbFsOf(place);
      const address = web ? wandb.webUrl(place.path) : await wandb.signedUrl(place.path);
      if (list) await list.add({ path: session.print(place), url: address });
      else await session.out.line(address);
    });
    await list?.end();
  },
};
