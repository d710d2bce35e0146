const { default: defaultFs } = require('wandb-fs');
const { useFakeWandb } = require('wandb-fs/testing');

require('../tests.cjs')({ useFakeWandb, defaultFs, test, beforeAll });
