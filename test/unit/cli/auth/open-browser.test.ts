import { expect, it } from 'vitest';
import { openerOf } from '../../../../src/cli/auth/open-browser.ts';

it.each([
  ['darwin', false, ['open']],
  ['darwin', true, ['open']],
  ['win32', false, ['rundll32', 'url.dll,FileProtocolHandler']],
  ['linux', true, ['xdg-open']],
  ['linux', false, []],
] as const)('on %s, with a display %s, a page is opened by %j', (platform, hasDisplay, opener) => {
  expect(openerOf(platform, hasDisplay)).toEqual(opener);
});
