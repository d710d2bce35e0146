const { createWandbFs } = require('wandb-fs');
const { writePart } = require('../contents.cjs');

test('writes', () => writePart(createWandbFs, 0));
