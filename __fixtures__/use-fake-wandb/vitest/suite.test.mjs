import { beforeAll, test } from 'vitest';
import defaultFs from 'wandb-fs';
import { useFakeWandb } from 'wandb-fs/testing';
import tests from '../tests.cjs';

tests({ useFakeWandb, defaultFs, test, beforeAll });
