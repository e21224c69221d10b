import type { SignatureNeed } from './admission.ts';
import { answerCategory } from './answers/categories.ts';
import { missing, readObject, textOf, wrapResult } from './answers/crossborder.ts';
import { detailOf } from './answers/detail.ts';
import { answerImageSearch, answerSearch, answerSellerSearch } from './answers/search.ts';
import type { SearchSettings } from './answers/search-page.ts';
import { answerSimilarOffers } from './answers/similar-offers.ts';
import { answerTranslatedCategory } from './answers/translated-category.ts';
import { answerUpload } from './answers/upload.ts';
import { answerWith, type GatewayAnswer } from './gateway-answer.ts';
import type { Files } from './read-form.ts';
import type { Params } from './sign.ts';
import type { SandboxState } from './state.ts';
import { toCompactTime } from './wire-time.ts';
import type { Draw } from './world/draw.ts';

/** One API that the gateway knows. */
export interface Api {
  readonly needsToken: boolean;
  readonly signature: SignatureNeed;
  /** @throws Refusal when a parameter is missing or malformed */
  answer(params: Params, files: Files): GatewayAnswer;
}

function answerDetail(state: SandboxState, params: Params): GatewayAnswer {
  const param = readObject(params, 'offerDetailParam');
  const offerId = textOf(param['offerId']);
  const language = textOf(param['country']);
  if (offerId === null) throw missing('offerId');
  if (language === null) throw missing('country');
  const entry = snapshotNow(state).get(offerId);
  return wrapResult(
    entry === undefined || entry.state.isGone ? null : detailOf(entry, language, textOf(param['currency'])),
  );
}

function snapshotNow({ world, clock }: SandboxState) {
  return world.snapshot(world.stepAt(clock.now().getTime()));
}

/** A search API; each has a drift of its own. */
function searchApi(
  state: SandboxState,
  answer: (params: Params, settings: SearchSettings) => GatewayAnswer,
): Api {
  const { settings, world } = state;
  let calls = 0;
  const nextDrift = (): Draw | null => (settings.drift ? state.draw.child('drift', calls++) : null);
  return withToken((params) => {
    const search = {
      world,
      snapshot: snapshotNow(state),
      drift: nextDrift(),
      totalPageError: settings.totalPageError,
      refusesEmptyKeyword: settings.refusesEmptyKeyword,
    };
    return answer(params, search);
  });
}

function withToken(answer: Api['answer']): Api {
  return { needsToken: true, signature: 'required', answer };
}

function withoutToken(answer: Api['answer'], signature: SignatureNeed = 'required'): Api {
  return { needsToken: false, signature, answer };
}

function listCrossborder(state: SandboxState): Readonly<Record<string, Api>> {
  const { world, uploads, settings } = state;
  return {
    'category.translation.getById': withToken((params) =>
      answerTranslatedCategory(world.categories, params, settings.flatCategories),
    ),
    'product.search.keywordQuery': searchApi(state, answerSearch),
    'product.search.querySellerOfferList': searchApi(state, answerSellerSearch),
    'product.search.imageQuery': searchApi(state, (params, search) =>
      answerImageSearch(params, search, uploads),
    ),
    'product.image.upload': withToken((params, files) => answerUpload(params, files, uploads)),
    'product.search.queryProductDetail': withToken((params) => answerDetail(state, params)),
  };
}

function answerCategoryGet({ world, draw, settings }: SandboxState, params: Params): GatewayAnswer {
  const id = params.get('categoryID');
  if (id === undefined || id === '') throw missing('categoryID');
  const hasLevel = !draw.chance('unlevelled', settings.nature.unlevelled, Number(id));
  return answerCategory(world.categories, id, hasLevel);
}

/**
 * The APIs by `namespace:name:version`, as 1688's documentation names them. Only the tree and `system` are
 * documented to need no token; of linkplus nobody says, so it needs one here.
 */
export function listApis(state: SandboxState): ReadonlyMap<string, Api> {
  const now = () => state.clock.now().getTime();
  const isChecked = state.settings.checksSystemSignature;
  const [timeNeeds, millisNeeds]: SignatureNeed[] = isChecked
    ? ['required', 'optional']
    : ['ignored', 'ignored'];
  const crossborder = Object.entries(listCrossborder(state)).map(([name, api]): [string, Api] => [
    `com.alibaba.fenxiao.crossborder:${name}:1`,
    api,
  ]);
  return new Map<string, Api>([
    ...crossborder,
    [
      'com.alibaba.product:alibaba.category.get:1',
      withoutToken((params) => answerCategoryGet(state, params)),
    ],
    [
      'com.alibaba.linkplus:alibaba.cross.similar.offer.search:1',
      withToken((params) => answerSimilarOffers(params, snapshotNow(state))),
    ],
    ['system:currentTime:1', withoutToken(() => answerWith(toCompactTime(now())), timeNeeds)],
    // The official SDKs ask for it without a signature.
    ['system:currentTimeMillis:1', withoutToken(() => answerWith(now()), millisNeeds)],
  ]);
}
