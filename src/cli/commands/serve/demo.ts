import type { Command } from '../../command.js';

export const demo: Command = {
  declare: () => {},
  examples: ['demo'],
  isWriting: true,

  async run(session) {
    const { runDemo } = await import('../../demo/demo.js');
    await runDemo(session);
  },
};
