import { wireList, wireObject } from './wire-shape.ts';

/**
 * The whole answer of `alibaba.category.get` (1688 docs category.get v1). Its success key is spelled `succes`;
 * clients also met `success`. `childIDs`, `level` and the error texts come and go.
 */
export const categoryGetShape = wireObject(
  {
    categoryInfo: wireList(
      wireObject(
        // The virtual root has an id only.
        { categoryID: 'number' },
        {
          name: 'text',
          isLeaf: 'flag',
          class: 'text',
          level: 'number',
          parentIDs: wireList('number'),
          childIDs: wireList('number'),
          childCategorys: wireList(
            wireObject(
              { id: 'number', name: 'text', isLeaf: 'flag' },
              { class: 'text', categoryType: 'text' },
            ),
          ),
          minOrderQuantity: 'number',
          featureInfos: wireList(
            wireObject(
              {},
              { class: 'text', key: 'text', value: 'text', status: 'number', hierarchy: 'flag' },
            ),
          ),
          categoryType: 'text',
          isSupportProcessing: 'flag',
        },
      ),
    ),
  },
  {
    class: 'text',
    succes: 'flag',
    success: 'flag',
    errorCode: 'text',
    errorMsg: 'text',
  },
);
