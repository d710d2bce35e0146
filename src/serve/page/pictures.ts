import { typeOf } from '../types.js';

/** What every browser shows; of other images the name says more than a broken picture. */
const PICTURE = /^image\/(?:apng|avif|bmp|gif|jpeg|png|svg\+xml|webp)$/;

export const isPicture = (path: string): boolean => PICTURE.test(typeOf(path));
