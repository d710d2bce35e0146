import { register } from 'wandb-fs/register';

register();
