import { test } from 'vitest';
import { createWandbFs } from 'wandb-fs';
import contents from '../contents.cjs';

test('writes', () => contents.writePart(createWandbFs, 1));
