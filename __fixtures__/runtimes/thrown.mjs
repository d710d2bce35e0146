import fs from 'node:fs';

fs.writeFileSync('/wandb/runs/team/project/run/thrown.txt', 'thrown');
throw new Error('Not caught.');
