import { test } from 'node:test';
import { createWandbFs } from 'wandb-fs';
import contents from '../contents.cjs';

test('writes', () => contents.writePart(createWandbFs, 0));
