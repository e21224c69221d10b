import { apiOf, endpoints } from '../../extract/endpoints/endpoints.ts';
import type { ApiPermission, DeclaredState, ObservedState } from '../../model/permission.ts';
import { ok, skip, warn, type Check } from './check.ts';

/** Every API that is asked for catalogs, and what they are without it. */
const asked = [
  { operation: 'category.children', without: 'feeds of categories find nothing, feeds of keywords do' },
  { operation: 'search.keyword', without: 'feeds of keywords and categories find no new offers' },
  { operation: 'search.seller', without: 'feeds of sellers find nothing' },
  { operation: 'search.image', without: 'feeds of images find nothing' },
  { operation: 'image.upload', without: 'feeds of images can use urls of 1688, but no files' },
  { operation: 'offer.detail', without: 'offers have a name, a picture and one price, but no SKUs' },
] as const;

const declaredWords = {
  not_applied: 'not applied for',
  pending: 'applied for, pending (待审核)',
  under_review: 'applied for, under review (审核中)',
  granted: 'declared granted (已通过)',
  rejected: 'rejected (已拒绝)',
} as const satisfies Record<DeclaredState, string>;

const afterRefusal = {
  not_applied: 'Apply for it in the API permissions of the application.',
  pending: 'Wait: 1 to 3 business days, and longer over Chinese holidays. It is tried once a day.',
  under_review: 'Wait: 1 to 3 business days, and longer over Chinese holidays. It is tried once a day.',
  granted: 'Look in the console whether the grant is of this App Key and of exactly this API.',
  rejected: 'Read the reason in the console, correct it, and apply again.',
} as const satisfies Record<DeclaredState, string>;

function adviceFor(observed: Exclude<ObservedState, 'allowed' | 'unknown'>, declared: DeclaredState): string {
  switch (observed) {
    case 'denied':
      return afterRefusal[declared];
    case 'unsupported':
      return 'No API of this name exists: see the names below.';
    case 'exhausted':
      return 'Its package of calls is used up: buy or apply for more in the console.';
  }
}

function judge(api: string, without: string, permission: ApiPermission | undefined): Check {
  const name = api.split(':')[1] ?? api;
  const { observed, declared } = permission ?? { observed: 'unknown', declared: 'not_applied' };
  if (observed === 'allowed') return ok('permission', `${name} is granted: a call was answered`);
  const words = permission?.declaredAt ? `, ${declaredWords[declared]}` : '';
  if (observed === 'unknown') return skip('permission', `${name}: no call has shown anything yet${words}`);
  const message = `${name}: ${observed} by 1688${words}. Without it ${without}`;
  return warn('permission', message, adviceFor(observed, declared));
}

/** What 1688 lets this app call, as calls showed it and as its operator declared it. */
export function checkPermissions(known: readonly ApiPermission[]): Check[] {
  return asked.map(({ operation, without }) => {
    const api = apiOf(endpoints[operation]);
    return judge(
      api,
      without,
      known.find((permission) => permission.api === api),
    );
  });
}
