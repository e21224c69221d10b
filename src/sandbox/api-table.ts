import { answerCategory } from './answers/categories.ts';
import { missing, readObject, textOf, wrapResult } from './answers/crossborder.ts';
import { detailOf } from './answers/detail.ts';
import { answerSearch } from './answers/search.ts';
import { answerWith, type GatewayAnswer } from './gateway-answer.ts';
import type { Params } from './sign.ts';
import type { SandboxState } from './state.ts';
import { toCompactTime } from './wire-time.ts';
import type { Draw } from './world/draw.ts';

/** One API that the gateway knows. All of them are signed. */
export interface Api {
  readonly needsToken: boolean;
  /** @throws Refusal when a parameter is missing or malformed */
  answer(params: Params): GatewayAnswer;
}

function answerDetail(state: SandboxState, params: Params): GatewayAnswer {
  const param = readObject(params, 'offerDetailParam');
  const offerId = textOf(param['offerId']);
  const language = textOf(param['country']);
  if (offerId === null) throw missing('offerId');
  if (language === null) throw missing('country');
  const entry = snapshotNow(state).get(offerId);
  return wrapResult(entry === undefined || entry.state.isGone ? null : detailOf(entry, language));
}

function snapshotNow({ world, clock }: SandboxState) {
  return world.snapshot(world.stepAt(clock.now().getTime()));
}

function searchApi(state: SandboxState): Api {
  const { settings, world } = state;
  let calls = 0;
  const nextDrift = (): Draw | null => (settings.drift ? state.draw.child('drift', calls++) : null);
  return {
    needsToken: true,
    answer: (params) =>
      answerSearch(params, {
        world,
        snapshot: snapshotNow(state),
        drift: nextDrift(),
        hasExtraPage: settings.extraPage,
      }),
  };
}

/** The APIs by `namespace:name:version`, as 1688's documentation names them. */
export function listApis(state: SandboxState): ReadonlyMap<string, Api> {
  const { clock, world } = state;
  return new Map<string, Api>([
    [
      'com.alibaba.product:alibaba.category.get:1',
      {
        needsToken: false,
        answer(params) {
          const id = params.get('categoryID');
          if (id === undefined || id === '') throw missing('categoryID');
          return answerCategory(world.categories, id);
        },
      },
    ],
    ['com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1', searchApi(state)],
    [
      'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1',
      { needsToken: true, answer: (params) => answerDetail(state, params) },
    ],
    [
      'system:currentTime:1',
      { needsToken: false, answer: () => answerWith(toCompactTime(clock.now().getTime())) },
    ],
    ['system:currentTimeMillis:1', { needsToken: false, answer: () => answerWith(clock.now().getTime()) }],
  ]);
}
