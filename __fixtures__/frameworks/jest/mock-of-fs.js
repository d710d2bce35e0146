const { createWandbFs, mountAll } = require('wandb-fs');

module.exports = mountAll(
  { '/mnt/runs': createWandbFs({ root: 'team/project' }) },
  jest.requireActual('fs'),
);
