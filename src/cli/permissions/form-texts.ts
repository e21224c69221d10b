import type { ApiOperation } from '../../model/known-apis.ts';

/** What a form of 1688 asks for an API, in the language of who reads it. */
export interface FormText {
  /** 申请原因 */
  readonly reason: string;
  /** 使用场景 */
  readonly scenario: string;
}

/** They say what this product does with the answers, and nothing else: a reviewer may compare. */
export const formTexts: Readonly<Record<ApiOperation, FormText>> = {
  'category.children': {
    reason:
      '我们按类目在1688选品，需要读取类目的名称和上下级关系，才能确定到哪些类目下查找商品。数据仅供内部使用，不转售。',
    scenario: '定期读取所选类目的下级类目，把类目树保存到内部数据库，供选品人员按类目浏览商品。',
  },
  'search.keyword': {
    reason:
      '我们需要按关键词和类目查找1688上的商品，及时发现新品和价格变化，用于采购前的选品和比价。数据仅供内部使用，不转售。',
    scenario:
      '每天定时按设定的关键词和类目查询商品列表，把标题、图片和价格保存到内部数据库。只读取，不下单。',
  },
  'search.seller': {
    reason: '我们有固定的合作供应商，需要及时了解这些店铺在售商品的变化。数据仅供内部使用，不转售。',
    scenario: '定时读取指定店铺的商品列表，发现上新和下架，供采购人员跟进。只读取，不下单。',
  },
  'search.image': {
    reason: '采购人员手中只有样品图片时，需要用图片查找同款或相似商品，以便比较价格。',
    scenario: '用内部的样品图片定时查询相似商品，把结果加入选品清单。只读取，不下单。',
  },
  'image.upload': {
    reason: '以图搜索商品之前，需要先把样品图片上传到1688，取得图片编号。',
    scenario: '每张样品图片只上传一次，之后用返回的图片编号查询相似商品。',
  },
  'offer.detail': {
    reason:
      '采购前需要核对商品的规格、库存和阶梯价格，并记录价格变化。搜索结果没有这些内容，因此需要商品详情接口。数据仅供内部使用，不转售。',
    scenario:
      '对已找到的商品定期读取详情（规格、库存、阶梯价格、图片），用于比价和价格走势分析。只读取，不下单。',
  },
};
