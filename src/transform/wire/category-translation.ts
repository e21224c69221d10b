import { wireList, wireObject } from './wire-shape.ts';

/** `leaf` and `parentCateId` are text on the node, a flag and a number on its children. */
const nodeFields = {
  class: 'text',
  chineseName: 'text',
  translatedName: 'text',
  language: 'text',
  leaf: 'flag',
  level: 'number',
  parentCateId: 'number',
  fromCache: 'flag',
} as const;

/** The result of `category.translation.getById` (1688 docs category.translation.getById v1, clients). */
export const categoryTranslationShape = wireObject(
  { categoryId: 'number' },
  {
    ...nodeFields,
    // Children have the key too, but it is always empty.
    children: wireList(wireObject({ categoryId: 'number' }, { ...nodeFields, children: 'anything' })),
  },
);
